#include "tools/broker/port_maker.h"

#include <algorithm>

#include "auth/auth_clock.h"
#include "auth/method_context.h"
#include "auth/oauth/jwt_method.h"
#include "auth/password/user_file.h"
#include "auth/x509/x509_method.h"
#include "core/access/http_fetcher.h"
#include "core/base/check.h"
#include "core/base/log.h"
#include "fmt/format.h"
#include "net/stacked_transport.h"
#include "net/tls/tls_transport.h"
#include "net/websocket/websocket_transport.h"

namespace signet {
namespace {

using config::ResolvedPort;

// The protocols by which a port of each kind is offered to clients with ALPN.
std::vector<std::string> AlpnOf(config::PortProtocol protocol) {
  return {protocol == config::PortProtocol::kMqtt ? "mqtt" : "http/1.1"};
}

ClientCertificates From(config::ClientCertificates certificates) {
  switch (certificates) {
    case config::ClientCertificates::kNone:
      return ClientCertificates::kNone;
    case config::ClientCertificates::kRequested:
      return ClientCertificates::kRequested;
    case config::ClientCertificates::kRequired:
      return ClientCertificates::kRequired;
  }
  UNREACHABLE();
}

ProxyVersions From(config::ProxyVersion version) {
  switch (version) {
    case config::ProxyVersion::kV1:
      return ProxyVersions::kV1;
    case config::ProxyVersion::kV2:
      return ProxyVersions::kV2;
    case config::ProxyVersion::kBoth:
      return ProxyVersions::kBoth;
  }
  UNREACHABLE();
}

StatusOr<ListenAddress> AddressOf(const config::ListenerPort& settings) {
  if (settings.unix_socket) {
    return ListenAddress::OfPath(settings.unix_socket->path, settings.unix_socket->mode_bits());
  }
  const bool is_v6 = settings.address.find(':') != std::string::npos;
  const uint64_t port = settings.port.value_or(0);
  auto address = SocketAddress::Parse(is_v6 ? fmt::format("[{}]:{}", settings.address, port)
                                            : fmt::format("{}:{}", settings.address, port));
  if (!address.ok()) return address.error();
  return ListenAddress(*address);
}

StatusOr<std::shared_ptr<const ProxyRule>> MakeProxyRule(const config::ProxyProtocol& settings) {
  auto rule = std::make_shared<ProxyRule>();
  rule->versions = From(settings.versions);
  for (const std::string& network : settings.trusted_networks) {
    if (Status status = rule->trusted.Add(network); !status.ok()) return status;
  }
  return std::shared_ptr<const ProxyRule>(std::move(rule));
}

// What lies between the port's sockets and MQTT; null if nothing does.
std::function<std::unique_ptr<Transport>()> TransportOf(
    const config::ListenerPort& settings, const std::shared_ptr<const TlsContext>& tls) {
  if (settings.protocol == config::PortProtocol::kMqtt) {
    if (tls == nullptr) return nullptr;
    return [tls] { return std::make_unique<TlsTransport>(tls); };
  }
  auto web_sockets = std::make_shared<WebSocketSettings>();
  if (settings.web_sockets) web_sockets->allowed_origins = settings.web_sockets->allowed_origins;
  if (tls == nullptr) {
    return [web_sockets] { return std::make_unique<WebSocketTransport>(web_sockets); };
  }
  return [tls, web_sockets] {
    return std::make_unique<StackedTransport>(std::make_unique<TlsTransport>(tls),
                                              std::make_unique<WebSocketTransport>(web_sockets));
  };
}

// Clients that were let in by other terms are sent away.
std::string TermsOf(const ResolvedPort& port) {
  const config::ListenerPort& settings = port.settings;
  return fmt::format("{} {} authentication={} certificates={} proxy={}",
                     settings.protocol == config::PortProtocol::kMqtt ? "mqtt" : "websockets",
                     port.tls ? "tls" : "plain", settings.authentication.name,
                     port.tls ? static_cast<int>(port.tls->client_certificates) : 0,
                     settings.proxy_protocol.has_value());
}

Status UsersRefused(std::string_view authentication, const config::PasswordSettings& settings,
                    const Status& why) {
  const std::string where = settings.users_file.empty()
                                ? fmt::format("Secret {}, key users", settings.users_secret.name)
                                : settings.users_file.name;
  return Status::Error(fmt::format("the users of BrokerAuthentication {} ({}): {}", authentication,
                                   EscapeForLog(where), why.sentence()));
}

// Asks nobody.
class NoFetcher : public HttpFetcher {
 public:
  void Fetch(HttpRequest /*request*/, Done /*done*/) override { UNREACHABLE(); }
};

Status CheckJwt(const config::JwtSettings& settings) {
  const auth::AuthClock clock;
  NoFetcher fetcher;
  const auto method = auth::JwtMethod::Create(settings, {.clock = &clock}, &fetcher);
  return method.ok() ? Status::Ok() : method.error();
}

// What the auth shard judges its clients by: what the handshake checks, it checks again. What it
// could not use is refused here: there it would lock the method, and send its clients away.
StatusOr<std::shared_ptr<const config::BrokerAuthentication>> AuthenticationOf(
    const ResolvedPort& port, const config::Configuration& configuration) {
  const auto found = configuration.authentications.find(port.settings.authentication.name);
  CHECK(found != configuration.authentications.end());  // Or it would have to wait.
  auto settings = std::make_shared<config::BrokerAuthentication>(found->second);
  for (config::AuthenticationMethod& method : settings->methods) {
    if (method.password) {
      const auto users = auth::UserFile::Parse(method.password->users.text());
      if (!users.ok()) return UsersRefused(settings->name, *method.password, users.error());
    }
    if (method.jwt) {
      if (const Status status = CheckJwt(*method.jwt); !status.ok()) return status;
    }
    if (!method.x509) continue;
    // What either list has revoked is revoked, for clients that are connected as well.
    std::vector<std::string>& crls = method.x509->client_crls;
    const std::vector<std::string> of_port =
        port.tls ? port.tls->client_crls : std::vector<std::string>();
    for (const std::string& crl : of_port) {
      if (std::ranges::find(crls, crl) == crls.end()) crls.push_back(crl);
    }
    std::vector<std::string> warnings;  // The auth shard gives them.
    const auto judge = auth::X509Method::Create(*method.x509, &warnings);
    if (!judge.ok()) return judge.error();
  }
  return std::shared_ptr<const config::BrokerAuthentication>(std::move(settings));
}

// Null: it refers to none.
const config::BrokerAuthorization* PolicyOf(const config::ListenerPort& settings,
                                            const config::Configuration& configuration) {
  if (settings.authorization.empty()) return nullptr;
  const auto found = configuration.authorizations.find(settings.authorization.name);
  CHECK(found != configuration.authorizations.end());  // Or it would have to wait.
  return &found->second;
}

}  // namespace

PortMaker::PortMaker(CertificateSource* certificates, LogSink* log)
    : certificates_(*certificates), log_(*log), policies_(log) {}

StatusOr<std::vector<PortSettings>> PortMaker::Make(const config::Configuration& configuration,
                                                    int64_t now_s, Instant now) {
  if (tickets_ == nullptr) tickets_ = std::make_shared<TicketKeys>(now);
  replace_at_s_ = INT64_MAX;
  policies_.Begin(configuration);
  std::vector<PortSettings> ports;
  for (const ResolvedPort& port : configuration.ports) {
    if (!port.waits_for.empty()) continue;
    auto settings = MakeOne(port, configuration, now_s);
    if (!settings.ok()) {
      return Status::Error(fmt::format("port {}: {}", port.name, settings.error().sentence()));
    }
    ports.push_back(std::move(*settings));
  }
  return ports;
}

void PortMaker::RotateTickets(Instant now) {
  if (tickets_ != nullptr) tickets_->RotateIfDue(now);
}

StatusOr<PortSettings> PortMaker::MakeOne(const ResolvedPort& port,
                                          const config::Configuration& configuration,
                                          int64_t now_s) {
  const config::ListenerPort& from = port.settings;
  auto address = AddressOf(from);
  if (!address.ok()) return address.error();
  std::shared_ptr<const TlsContext> tls;
  if (port.tls) {
    auto made = MakeTls(port, now_s);
    if (!made.ok()) return made.error();
    tls = std::move(*made);
  }
  PortSettings settings{
      .name = port.name,
      .address = std::move(*address),
      .make_transport = TransportOf(from, tls),
      .is_encrypted = tls != nullptr,
      .terms = TermsOf(port),
      .max_connections = from.max_connections.value_or(0),
      .connection_rate = static_cast<uint32_t>(from.connection_rate.value_or(0)),
      .connection_burst =
          static_cast<uint32_t>(from.connection_burst.value_or(from.connection_rate.value_or(1))),
      .handshake_timeout_s = static_cast<uint32_t>(from.handshake_timeout_s),
      .connect_timeout_s = static_cast<uint32_t>(from.connect_timeout_s.value_or(0))};
  if (from.proxy_protocol) {
    auto proxy = MakeProxyRule(*from.proxy_protocol);
    if (!proxy.ok()) return proxy.error();
    settings.proxy = std::move(*proxy);
  }
  if (!from.authentication.empty()) {
    auto authentication = AuthenticationOf(port, configuration);
    if (!authentication.ok()) return authentication.error();
    settings.authentication = std::move(*authentication);
    settings.authorization = policies_.Make(PolicyOf(from, configuration));
  }
  return settings;
}

StatusOr<std::shared_ptr<const TlsContext>> PortMaker::MakeTls(const ResolvedPort& port,
                                                               int64_t now_s) {
  const config::ResolvedTls& from = *port.tls;
  TlsServerSettings settings{.min_version = from.min_version == config::TlsVersion::k12
                                                ? TlsVersion::k12
                                                : TlsVersion::k13,
                             .ciphers = from.ciphers,
                             .groups = from.groups,
                             .alpn = AlpnOf(port.settings.protocol),
                             .client_certificates = From(from.client_certificates),
                             .client_ca_pem = from.client_ca_pem,
                             .crls = from.client_crls,
                             .session_tickets = from.session_tickets};
  if (from.automatic) {
    config::CertificateSettings wanted = *from.automatic;
    // By which a cluster's clients know it.
    if (std::ranges::count(wanted.san.dns, port.service_name) == 0) {
      wanted.san.dns.push_back(port.service_name);
    }
    auto identity = certificates_.Issue(port.name, wanted, now_s);
    if (!identity.ok()) return identity.error();
    settings.identities.push_back(std::move(*identity));
  }
  for (const config::Certificate& certificate : from.certificates) {
    settings.identities.push_back({.name = certificate.name,
                                   .chain_pem = certificate.chain_pem,
                                   .key_pem = certificate.key_pem});
  }
  auto context = TlsContext::Create(settings, tickets_, now_s);
  if (!context.ok()) return context;
  replace_at_s_ = std::min(replace_at_s_, (*context)->replace_at_s());
  for (const std::string& warning : (*context)->warnings()) {
    log_.Write(LogLevel::kWarning, "certificate warning", {{"port", port.name}, {"what", warning}});
  }
  return context;
}

}  // namespace signet
