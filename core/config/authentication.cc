#include "core/config/authentication.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/config/field_reader.h"
#include "core/config/http_header.h"
#include "core/config/values.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kMethods[] = {"Custom", "ServiceAccountToken", "X509", "JWT",
                                         "Password"};
constexpr std::string_view kAdditionalValidations[] = {"None", "AzureDeviceRegistry"};
constexpr std::string_view kValidations[] = {"TokenReview", "Offline"};
constexpr std::string_view kEncodings[] = {"Plain", "Base64"};
constexpr std::string_view kExpiryNotices[] = {"None", "Disconnect"};

constexpr Field kBreakerRows[] = {
    Number<&CircuitBreaker::failures>("failures", {1, 1000}, "5",
                                      "in a row, until the server is left alone"),
    Number<&CircuitBreaker::open_s>(
        "openSeconds", {1, 3600}, "3",
        "for how long it is left alone, and then between questions that "
        "try it out"),
};
constexpr FieldTable kBreakerFields{.title = "circuitBreaker", .fields = kBreakerRows};

constexpr Field kCustomX509Rows[] = {
    Required(Text<&ClientCertificateAuth::secret>("secretRef", CheckObjectName, "",
                                                  "a Secret with tls.crt and tls.key")),
    NoEffect(Text<&ClientCertificateAuth::secret_namespace>("namespace", nullptr, "",
                                                            "the Secret's namespace")),
};
constexpr FieldTable kCustomX509Fields{.title = "x509", .fields = kCustomX509Rows};

constexpr Field kCustomAuthRows[] = {
    Object<&CustomAuth::x509>("x509", kCustomX509Fields,
                              "a client certificate that we show the server"),
};
constexpr FieldTable kCustomAuthFields{.title = "auth", .fields = kCustomAuthRows};

constexpr Field kCustomRows[] = {
    Required(Text<&CustomSettings::endpoint>("endpoint", CheckHttpsUrl, "",
                                             "the server that is asked, by its 0.5.0 API")),
    Text<&CustomSettings::ca_cert_config_map>("caCertConfigMap", CheckObjectName, "",
                                              "the CAs of that server; without it, the system's"),
    Object<&CustomSettings::auth>("auth", kCustomAuthFields,
                                  "how we prove to the server who we are"),
    Map<&CustomSettings::headers>("headers", "further headers of each request"),
    Number<&CustomSettings::timeout_s>("timeoutSeconds", {1, 60}, "5", "for an answer"),
    Number<&CustomSettings::connect_timeout_s>("connectTimeoutSeconds", {1, 60}, "5",
                                               "for a connection with TLS"),
    Number<&CustomSettings::retries>("retries", {0, 10}, "1",
                                     "after a failure to reach the server, within the timeout"),
    Number<&CustomSettings::max_connections>("maxConnections", {1, 256}, "32",
                                             "to the server at once"),
    Number<&CustomSettings::max_pending_requests>(
        "maxPendingRequests", {1, 8192}, "8192",
        "that wait for a connection; one more is refused, with 0x89, and no other method asked"),
    Object<&CustomSettings::circuit_breaker>("circuitBreaker", kBreakerFields,
                                             "when a server that fails is left alone"),
    Choice<&CustomSettings::method_encoding>(
        "methodEncoding", kEncodings, "Plain",
        "of enhancedAuthentication.method in a request; some servers want Base64"),
    Toggle<&CustomSettings::send_client_id>("sendClientId", "Disabled",
                                            "whether a request has the key clientId"),
    Toggle<&CustomSettings::send_peer_address>("sendPeerAddress", "Disabled",
                                               "whether a request has the key peerAddress"),
    Toggle<&CustomSettings::send_listener>("sendListener", "Disabled",
                                           "whether a request has the key listener"),
    Toggle<&CustomSettings::not_relevant_answer>(
        "notRelevantAnswer", "Disabled",
        "whether the server may answer 404 with {\"relevant\": false}, so that the next method is "
        "asked"),
};

// What would be found with the first client, and would keep out all of them.
void CheckCustom(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const CustomSettings*>(object);
  if (settings.endpoint.find('?') != settings.endpoint.npos) {
    reading->Complain(node.line, "endpoint must have no query, as the API has one of its own");
  }
  for (const auto& [name, value] : settings.headers) {
    const Status status = CheckHttpHeader(name, value.text());
    if (status.ok()) continue;
    reading->Complain(node.line,
                      fmt::format("\"{}\" in headers {}", EscapeForLog(name), status.sentence()));
  }
}

constexpr FieldTable kCustomFields{
    .title = "customSettings", .fields = kCustomRows, .check = CheckCustom};

void CheckTokens(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const ServiceAccountTokenSettings*>(object);
  if (!settings.issuer.empty() && settings.validation != TokenValidation::kOffline) {
    reading->Complain(node.line, "issuer is for validation Offline alone");
  }
  if (settings.recheck_s && settings.validation == TokenValidation::kOffline) {
    reading->Complain(node.line, "recheckSeconds is for validation TokenReview alone");
  }
}

constexpr Field kTokenRows[] = {
    Required(Texts<&ServiceAccountTokenSettings::audiences>("audiences", {1, 100}, CheckMqttText,
                                                            "one of these a token must be for")),
    Choice<&ServiceAccountTokenSettings::validation>(
        "validation", kValidations, "TokenReview",
        "who validates: the API server, or we by the issuer's published keys"),
    Text<&ServiceAccountTokenSettings::server>(
        "server", CheckHttpsUrl, "",
        "the API server; without it, that of the cluster which the broker runs in"),
    Text<&ServiceAccountTokenSettings::ca_file>("caFile", CheckAbsolutePath, "",
                                                "the CAs of the API server; without it, the "
                                                "cluster's"),
    Text<&ServiceAccountTokenSettings::token_file>(
        "tokenFile", CheckAbsolutePath, "",
        "the token by which we ask, read again when it changes; without it, our service account's"),
    Text<&ServiceAccountTokenSettings::issuer>(
        "issuer", CheckHttpsUrl, "",
        "with validation Offline: whose keys; without it, the API "
        "server's"),
    Number<&ServiceAccountTokenSettings::recheck_s>(
        "recheckSeconds", {10, 86'400}, "",
        "how often clients that are connected are reviewed again, and disconnected when their pod, "
        "account or token is gone; without it, never, and no change of these settings reaches "
        "them"),
    Number<&ServiceAccountTokenSettings::timeout_s>("timeoutSeconds", {1, 60}, "10",
                                                    "for an answer of the API server"),
    Toggle<&ServiceAccountTokenSettings::username_form>(
        "usernameForm", "Disabled",
        "whether MQTT 5 clients too may give K8S-SAT as username and the token as password, as "
        "those of 3.1.1 do"),
};
constexpr FieldTable kTokenFields{
    .title = "serviceAccountTokenSettings", .fields = kTokenRows, .check = CheckTokens};

constexpr Field kSubjectRows[] = {
    Required(Text<&SubjectAttributes::subject>("subject", CheckMqttText, "",
                                               "a distinguished name: CN = pump-7, C = DE")),
    Required(Map<&SubjectAttributes::attributes>("attributes", "what such a client gets")),
};
constexpr FieldTable kSubjectFields{.title = "authorizationAttributes.LABEL",
                                    .fields = kSubjectRows};

constexpr Field kX509Rows[] = {
    Text<&X509Settings::trusted_client_ca_cert>(
        "trustedClientCaCert", CheckObjectName, "client-ca",
        "a ConfigMap; every CA certificate in it, under any key, is trusted"),
    ObjectByName<&X509Settings::authorization_attributes>(
        "authorizationAttributes", kSubjectFields,
        "attributes by subject; the first certificate from the leaf on that has an entry decides"),
    Choice<&X509Settings::additional_validation>(
        "additionalValidation", kAdditionalValidations, "None",
        "a registry there is only in Azure: AzureDeviceRegistry is refused"),
    NeedsValue(Text<&X509Settings::client_crl>(
        "clientCrl", CheckObjectName, "",
        "a ConfigMap with revocation lists, PEM or DER, under any keys: every issuer of a client's "
        "chain then needs one in force; a change is applied to clients that are connected, too")),
};
void CheckX509(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const X509Settings*>(object);
  if (settings.additional_validation == AdditionalValidation::kAzureDeviceRegistry) {
    // Taken as None, it would let in devices that the registry has disabled.
    reading->Complain(node.line, "additionalValidation AzureDeviceRegistry cannot be done here");
  }
}
constexpr FieldTable kX509Fields{.title = "x509Settings", .fields = kX509Rows, .check = CheckX509};

constexpr Field kThrottleRows[] = {
    Number<&LoginThrottle::failures>("failures", {1, 1'000'000}, "10",
                                     "wrong passwords of a user from one address, or ten times as "
                                     "many of any users from there, within the window"),
    Number<&LoginThrottle::window_s>("windowSeconds", {1, 86'400}, "60", "in which they count"),
    Number<&LoginThrottle::block_s>("blockSeconds", {1, 86'400}, "60",
                                    "for which they are then refused from there; of an address, "
                                    "those who have not come in from there before"),
};
constexpr FieldTable kThrottleFields{.title = "throttle", .fields = kThrottleRows};

void CheckPassword(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const PasswordSettings*>(object);
  if (settings.users_secret.empty() == settings.users_file.empty()) {
    reading->Complain(node.line, "either usersSecretRef or usersFile must be given, and not both");
  }
}

constexpr Field kPasswordRows[] = {
    Text<&PasswordSettings::users_secret>("usersSecretRef", CheckObjectName, "",
                                          "a Secret with the key users: a line NAME:HASH for each "
                                          "user, as signetctl passwd and mosquitto_passwd write"),
    Text<&PasswordSettings::users_file>("usersFile", nullptr, "",
                                        "the same as a file, in place of a Secret"),
    Toggle<&PasswordSettings::scram>("scram", "Enabled",
                                     "whether SCRAM-SHA-256 is offered over AUTH packets"),
    Object<&PasswordSettings::throttle>("throttle", kThrottleFields, "slows down who guesses"),
};
constexpr FieldTable kPasswordFields{
    .title = "passwordSettings", .fields = kPasswordRows, .check = CheckPassword};

struct Block {
  std::string_view field;
  AuthenticationMethodName method;
  bool is_required;
};
constexpr Block kBlocks[] = {
    {"customSettings", AuthenticationMethodName::kCustom, true},
    {"serviceAccountTokenSettings", AuthenticationMethodName::kServiceAccountToken, true},
    {"x509Settings", AuthenticationMethodName::kX509, false},
    {"jwtSettings", AuthenticationMethodName::kJwt, true},
    {"passwordSettings", AuthenticationMethodName::kPassword, true},
};

void CheckMethod(const void* object, const YamlNode& node, Reading* reading) {
  const auto& method = *static_cast<const AuthenticationMethod*>(object);
  for (const Block& block : kBlocks) {
    const YamlNode* settings = node.Find(block.field);
    const bool given = settings != nullptr && !settings->is_null();
    if (method.name != block.method && given) {
      reading->Complain(settings->key_line,
                        fmt::format("{} does not belong to method {}", block.field,
                                    kMethods[static_cast<size_t>(method.name)]));
    }
    if (method.name == block.method && !given && block.is_required) {
      reading->Complain(
          node.line, fmt::format("method {} needs {}", kMethods[static_cast<size_t>(method.name)],
                                 block.field));
    }
  }
}

constexpr Field kMethodRows[] = {
    Required(Choice<&AuthenticationMethod::name>("method", kMethods, "",
                                                 "which one, and so which settings count")),
    Object<&AuthenticationMethod::custom>("customSettings", kCustomFields, "of Custom"),
    Object<&AuthenticationMethod::service_account_token>("serviceAccountTokenSettings",
                                                         kTokenFields, "of ServiceAccountToken"),
    Object<&AuthenticationMethod::x509>("x509Settings", kX509Fields, "of X509; may be left out"),
    Object<&AuthenticationMethod::jwt>("jwtSettings", kJwtFields, "of JWT"),
    Object<&AuthenticationMethod::password>("passwordSettings", kPasswordFields, "of Password"),
};
constexpr FieldTable kMethodFields{.title = "authenticationMethods[]",
                                   .fields = kMethodRows,
                                   .origin = OriginIn<&AuthenticationMethod::origin>,
                                   .check = CheckMethod};

constexpr Field kAuthenticationRows[] = {
    Required(Objects<&BrokerAuthentication::methods>(
        "authenticationMethods", {1, 32}, kMethodFields,
        "in the order in which they are asked; the first one that the client's credentials are "
        "relevant to decides")),
    Choice<&BrokerAuthentication::expiry_notice>(
        "expiryNotice", kExpiryNotices, "None",
        "what a client gets when its credentials end: None, the connection is closed; Disconnect, "
        "MQTT 5 clients get a DISCONNECT first"),
};

}  // namespace

const FieldTable kBrokerAuthenticationFields{.title = "BrokerAuthentication",
                                             .fields = kAuthenticationRows};

bool BrokerAuthentication::Has(AuthenticationMethodName method) const {
  return std::ranges::any_of(methods, [&](const auto& one) { return one.name == method; });
}

}  // namespace signet::config
