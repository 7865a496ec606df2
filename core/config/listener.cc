#include "core/config/listener.h"

#include "core/config/field_reader.h"
#include "core/config/values.h"

namespace signet::config {
namespace {

constexpr std::string_view kServiceTypes[] = {"ClusterIp", "LoadBalancer", "NodePort"};
constexpr std::string_view kProtocols[] = {"Mqtt", "WebSockets"};
constexpr std::string_view kTlsModes[] = {"Automatic", "Manual"};
constexpr std::string_view kTlsVersions[] = {"1.2", "1.3"};
constexpr std::string_view kKeyAlgorithms[] = {"Ec256",   "Ec384",   "Ec521",  "Ed25519",
                                               "Rsa2048", "Rsa4096", "Rsa8192"};
constexpr std::string_view kKeyRotations[] = {"Always", "Never"};
constexpr std::string_view kIssuerKinds[] = {"Issuer", "ClusterIssuer"};
constexpr std::string_view kProxyVersions[] = {"V1", "V2", "Both"};

// What the issuing CA issues, and what cert-manager has for the least (net/tls/issuing_ca.h).
constexpr uint64_t kLeastDurationInSeconds = 3600;
constexpr uint64_t kLeastRenewBeforeInSeconds = 300;
constexpr uint64_t kTenYearsInSeconds = uint64_t{3650} * 86'400;
constexpr Range kFew{.least = 1, .most = 64};

constexpr Field kIssuerRows[] = {
    Required(NoEffect(Text<&IssuerReference::name>(
        "name", nullptr, "", "the issuer in a cluster; here the broker's own CA issues"))),
    Required(NoEffect(
        Choice<&IssuerReference::kind>("kind", kIssuerKinds, "", "what kind of issuer it is"))),
    NoEffect(Text<&IssuerReference::group>("group", nullptr, "cert-manager.io",
                                           "the API group of the issuer")),
};
constexpr FieldTable kIssuerFields{.title = "issuerRef", .fields = kIssuerRows};

constexpr Field kPrivateKeyRows[] = {
    Required(Choice<&PrivateKeySettings::algorithm>("algorithm", kKeyAlgorithms, "",
                                                    "of the server's key")),
    Required(Choice<&PrivateKeySettings::rotation>("rotationPolicy", kKeyRotations, "",
                                                   "whether a renewed certificate gets a new key")),
};
constexpr FieldTable kPrivateKeyFields{.title = "privateKey", .fields = kPrivateKeyRows};

constexpr Field kSanRows[] = {
    Texts<&SubjectAlternativeNames::dns>("dns", {0, 100}, CheckDnsName,
                                         "DNS names of the server, besides its own"),
    Texts<&SubjectAlternativeNames::ip>("ip", {0, 100}, CheckIpAddress, "addresses of the server"),
};
constexpr FieldTable kSanFields{.title = "san", .fields = kSanRows};

void CheckCertificate(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const CertificateSettings*>(object);
  if (settings.renew_before_s && *settings.renew_before_s >= settings.duration_s) {
    reading->Complain(node.line, "renewBefore must be shorter than duration");
  }
}

constexpr Field kCertificateRows[] = {
    Required(Object<&CertificateSettings::issuer>("issuerRef", kIssuerFields,
                                                  "who issues in a cluster")),
    Duration<&CertificateSettings::duration_s>("duration",
                                               {kLeastDurationInSeconds, kTenYearsInSeconds},
                                               "2160h", "how long a certificate is valid"),
    Duration<&CertificateSettings::renew_before_s>(
        "renewBefore", {kLeastRenewBeforeInSeconds, kTenYearsInSeconds}, "",
        "how long before its end a certificate is renewed; without it, a third of the duration"),
    Object<&CertificateSettings::private_key>("privateKey", kPrivateKeyFields,
                                              "the key; without it, Ec256 and Always"),
    Object<&CertificateSettings::san>("san", kSanFields, "further names of the server"),
    NoEffect(Text<&CertificateSettings::secret_name>("secretName", CheckObjectName, "",
                                                     "the Secret that a cluster writes")),
};
constexpr FieldTable kCertificateFields{
    .title = "certManagerCertificateSpec", .fields = kCertificateRows, .check = CheckCertificate};

constexpr Field kCertificateReferenceRows[] = {
    Required(Text<&CertificateReference::secret>(
        "secretRef", CheckObjectName, "",
        "a Secret with tls.crt, the chain from the leaf on, and tls.key")),
};
constexpr FieldTable kManualFields{.title = "manual", .fields = kCertificateReferenceRows};
constexpr FieldTable kAdditionalFields{.title = "additionalCertificates[]",
                                       .fields = kCertificateReferenceRows};

constexpr std::string_view kCiphers[] = {
    "TLS_AES_128_GCM_SHA256",       "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",  "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",  "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
};
constexpr std::string_view kGroups[] = {"X25519", "P-256", "P-384", "P-521"};

Status CheckListed(std::string_view text, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (name == text) return Status::Ok();
  }
  return Status::Error("is not known here" + DidYouMean(text, names));
}
Status CheckCipher(std::string_view text) { return CheckListed(text, kCiphers); }
Status CheckGroup(std::string_view text) { return CheckListed(text, kGroups); }

void CheckTls(const void* object, const YamlNode& node, Reading* reading) {
  const auto& tls = *static_cast<const PortTls*>(object);
  if (tls.mode == TlsMode::kManual ? !tls.manual || tls.automatic.has_value()
                                   : tls.manual.has_value()) {
    reading->Complain(node.line, tls.mode == TlsMode::kManual
                                     ? "mode Manual needs the block manual, and no other"
                                     : "mode Automatic has no block manual");
  }
}

constexpr Field kTlsRows[] = {
    Required(Choice<&PortTls::mode>("mode", kTlsModes, "",
                                    "where the server's certificate comes from: Automatic, the "
                                    "broker's own CA issues it; Manual, a Secret holds it")),
    Object<&PortTls::manual>("manual", kManualFields, "with mode Manual: the certificate"),
    Object<&PortTls::automatic>(
        "certManagerCertificateSpec", kCertificateFields,
        "with mode Automatic: what the certificate should be; may be left out here"),
    Choice<&PortTls::min_version>("minVersion", kTlsVersions, "1.2", "the oldest TLS accepted"),
    Texts<&PortTls::ciphers>("ciphers", kFew, CheckCipher,
                             "cipher suites, best first; without it, all that are known here"),
    Texts<&PortTls::groups>("groups", kFew, CheckGroup,
                            "groups of the key exchange, best first; without it, all"),
    Objects<&PortTls::additional_certificates>(
        "additionalCertificates", kFew, kAdditionalFields,
        "further certificates; the server name that a client asks for (SNI) picks one"),
    Toggle<&PortTls::session_tickets>(
        "sessionTickets", "",
        "whether TLS sessions are resumed by tickets; without it, where no client certificates "
        "are taken; cannot be Enabled where they are"),
    Text<&PortTls::client_crl>("clientCrl", CheckObjectName, "",
                               "a ConfigMap with revocation lists for client certificates, PEM or "
                               "DER, under any keys"),
};
constexpr FieldTable kTlsFields{.title = "tls", .fields = kTlsRows, .check = CheckTls};

constexpr Field kProxyRows[] = {
    Choice<&ProxyProtocol::versions>("versions", kProxyVersions, "Both",
                                     "of the PROXY protocol that are understood"),
    Required(Texts<&ProxyProtocol::trusted_networks>(
        "trustedNetworks", {1, 1000}, CheckNetwork,
        "whose headers are believed; a connection from elsewhere is closed")),
};
constexpr FieldTable kProxyFields{.title = "proxyProtocol", .fields = kProxyRows};

constexpr Field kWebSocketRows[] = {
    Texts<&WebSocketSettings::allowed_origins>(
        "allowedOrigins", {1, 1000}, CheckOrigin,
        "Origin headers that are let in; without it, any, and none"),
};
constexpr FieldTable kWebSocketFields{.title = "webSockets", .fields = kWebSocketRows};

constexpr Field kUnixSocketRows[] = {
    Required(Text<&UnixSocket::path>("path", CheckSocketPath, "", "where the socket is made")),
    Text<&UnixSocket::mode>("mode", CheckFileMode, "\"0660\"", "who may connect, as a file mode"),
};
constexpr FieldTable kUnixSocketFields{.title = "unixSocket", .fields = kUnixSocketRows};

void CheckPort(const void* object, const YamlNode& node, Reading* reading) {
  const auto& port = *static_cast<const ListenerPort*>(object);
  if (port.port.has_value() == port.unix_socket.has_value()) {
    reading->Complain(node.line, "either port or unixSocket must be given, and not both");
  }
  if (port.unix_socket) {
    for (const std::string_view field : {"address", "nodePort", "proxyProtocol"}) {
      if (node.Find(field) == nullptr) continue;
      reading->Complain(node.Find(field)->key_line, "a UNIX socket has no " + std::string(field));
    }
  }
  if (port.web_sockets && port.protocol != PortProtocol::kWebSockets) {
    reading->Complain(node.line, "webSockets is for protocol WebSockets alone");
  }
  if (port.connection_burst && !port.connection_rate) {
    reading->Complain(node.line, "connectionBurst needs connectionRate");
  }
  if (!port.authorization.empty() && port.authentication.empty()) {
    reading->Complain(port.authorization.origin.line,
                      "authorizationRef without authenticationRef is not applied: whoever reaches "
                      "this port may do everything",
                      Severity::kWarning);
  }
}

constexpr Field kPortRows[] = {
    Number<&ListenerPort::port>("port", {0, 65'535}, "",
                                "TCP port; no two may be the same over all listeners; 0: a free "
                                "one, which the log names"),
    Object<&ListenerPort::unix_socket>("unixSocket", kUnixSocketFields,
                                       "a UNIX socket in place of a TCP port"),
    Text<&ListenerPort::address>("address", CheckIpAddress, "0.0.0.0",
                                 "the address to listen on; \"::\" for every IPv6 one"),
    NoEffect(Number<&ListenerPort::node_port>("nodePort", {0, 65'535}, "",
                                              "the port of a cluster's nodes")),
    Choice<&ListenerPort::protocol>("protocol", kProtocols, "Mqtt", "what is spoken"),
    Text<&ListenerPort::authentication>(
        "authenticationRef", CheckResourceName, "",
        "the BrokerAuthentication; without it, whoever reaches the port is let in"),
    Text<&ListenerPort::authorization>(
        "authorizationRef", CheckResourceName, "",
        "the BrokerAuthorization; without it, everything is allowed"),
    NeedsValue(Object<&ListenerPort::tls>("tls", kTlsFields, "TLS; without it, plain text")),
    Number<&ListenerPort::max_connections>(
        "maxConnections", {1, 16'000'000}, "",
        "connections of this port; one more is closed as soon as it is accepted"),
    Number<&ListenerPort::connection_rate>(
        "connectionRate", {1, 1'000'000}, "",
        "new connections a second; one more is closed as soon as it is accepted"),
    Number<&ListenerPort::connection_burst>("connectionBurst", {1, 1'000'000}, "",
                                            "new connections at once; without it, those of a "
                                            "second"),
    Number<&ListenerPort::handshake_timeout_s>("handshakeTimeoutSeconds", {1, 3600}, "10",
                                               "from accept to the end of the TLS and WebSocket "
                                               "handshakes; then the connection is closed"),
    Number<&ListenerPort::connect_timeout_s>(
        "connectTimeoutSeconds", {1, 3600}, "",
        "from then to the end of CONNECT; without it, the limit connect_timeout_s"),
    Object<&ListenerPort::proxy_protocol>("proxyProtocol", kProxyFields,
                                          "a proxy tells who the client is"),
    Object<&ListenerPort::web_sockets>("webSockets", kWebSocketFields,
                                       "with protocol WebSockets: who may come"),
};
constexpr FieldTable kPortFields{.title = "ports[]",
                                 .fields = kPortRows,
                                 .origin = OriginIn<&ListenerPort::origin>,
                                 .check = CheckPort};

constexpr Field kListenerRows[] = {
    NoEffect(Text<&BrokerListener::broker_ref>("brokerRef", CheckResourceName, "",
                                               "the Broker; there is one")),
    Choice<&BrokerListener::service_type>(
        "serviceType", kServiceTypes, "ClusterIp",
        "what a cluster makes of it; no two listeners may have the same"),
    Text<&BrokerListener::service_name>(
        "serviceName", CheckObjectName, "",
        "what a cluster calls it, and a name in the certificate that mode Automatic issues; "
        "without it, the listener's name; no two may be the same"),
    Required(Objects<&BrokerListener::ports>("ports", {1, 1000}, kPortFields, "where to listen")),
};

}  // namespace

const FieldTable kBrokerListenerFields{.title = "BrokerListener", .fields = kListenerRows};

uint32_t UnixSocket::mode_bits() const {
  uint32_t bits = 0;
  ParseFileMode(mode, &bits);
  return bits;
}

}  // namespace signet::config
