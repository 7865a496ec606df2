// BrokerAuthentication: the methods by which a client may say who it is, in the order in which they
// are asked. Fields and defaults are those of the field tables in authentication.cc and jwt.cc.
// What is marked "resolved" is filled in from Secrets and ConfigMaps when the configuration is put
// together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config/field.h"
#include "core/config/jwt.h"

namespace signet::config {

enum class AuthenticationMethodName : uint8_t {
  kCustom,
  kServiceAccountToken,
  kX509,
  kJwt,
  kPassword
};
enum class AdditionalValidation : uint8_t { kNone, kAzureDeviceRegistry };
enum class TokenValidation : uint8_t { kTokenReview, kOffline };
enum class MethodEncoding : uint8_t { kPlain, kBase64 };
enum class ExpiryNotice : uint8_t { kNone, kDisconnect };

// A certificate with its key; `name` says in sentences where it comes from: `Secret NAME`.
struct Certificate {
  std::string name;
  std::string chain_pem;  // From the leaf on.
  SecretBytes key_pem;
  friend bool operator==(const Certificate&, const Certificate&) = default;
};

struct CircuitBreaker {
  uint64_t failures = 5;  // In a row, until it opens.
  uint64_t open_s = 3;
  friend bool operator==(const CircuitBreaker&, const CircuitBreaker&) = default;
};

struct ClientCertificateAuth {
  Reference secret;
  std::string secret_namespace;
  friend bool operator==(const ClientCertificateAuth&, const ClientCertificateAuth&) = default;
};

struct CustomAuth {
  std::optional<ClientCertificateAuth> x509;
  friend bool operator==(const CustomAuth&, const CustomAuth&) = default;
};

// An HTTPS server that decides.
struct CustomSettings {
  std::string endpoint;
  Reference ca_cert_config_map;
  std::optional<CustomAuth> auth;
  SecretByName headers;
  uint64_t timeout_s = 5;
  uint64_t connect_timeout_s = 5;
  uint64_t retries = 1;
  uint64_t max_connections = 32;
  uint64_t max_pending_requests = 8192;
  CircuitBreaker circuit_breaker;
  MethodEncoding method_encoding = MethodEncoding::kPlain;
  bool send_client_id = false;
  bool send_peer_address = false;
  bool send_listener = false;
  bool not_relevant_answer = false;

  std::string ca_pem;                             // Resolved; empty: the system's roots.
  std::optional<Certificate> client_certificate;  // Resolved.
  friend bool operator==(const CustomSettings&, const CustomSettings&) = default;
};

// Kubernetes service account tokens.
struct ServiceAccountTokenSettings {
  std::vector<std::string> audiences;
  TokenValidation validation = TokenValidation::kTokenReview;
  std::string server;  // Empty: that of the cluster we run in.
  std::string ca_file;
  std::string token_file;
  std::string issuer;  // With kOffline; empty: the API server's own.
  std::optional<uint64_t> recheck_s;
  uint64_t timeout_s = 10;
  bool username_form = false;  // Username K8S-SAT… and the token as password, for MQTT 5 as well.
  friend bool operator==(const ServiceAccountTokenSettings&,
                         const ServiceAccountTokenSettings&) = default;
};

// What a client gets whose chain has a certificate with this subject.
struct SubjectAttributes {
  std::string subject;
  TextByName attributes;
  friend bool operator==(const SubjectAttributes&, const SubjectAttributes&) = default;
};

struct X509Settings {
  Reference trusted_client_ca_cert{.name = "client-ca", .origin = {}};
  std::map<std::string, SubjectAttributes, std::less<>> authorization_attributes;
  AdditionalValidation additional_validation = AdditionalValidation::kNone;
  Reference client_crl;

  std::string trusted_ca_pem;  // Resolved: every certificate of the ConfigMap.
  // Resolved: each in DER, or any number in PEM.
  std::vector<std::string> client_crls;
  friend bool operator==(const X509Settings&, const X509Settings&) = default;
};

struct LoginThrottle {
  uint64_t failures = 10;
  uint64_t window_s = 60;
  uint64_t block_s = 60;
  friend bool operator==(const LoginThrottle&, const LoginThrottle&) = default;
};

// A file of users with hashed passwords.
struct PasswordSettings {
  Reference users_secret;  // Its key `users`; exactly one of the two.
  Reference users_file;
  bool scram = true;
  LoginThrottle throttle;

  SecretBytes users;  // Resolved: the lines of the file.
  friend bool operator==(const PasswordSettings&, const PasswordSettings&) = default;
};

// The settings of the method that `name` says, and of no other, are there.
struct AuthenticationMethod {
  AuthenticationMethodName name = AuthenticationMethodName::kServiceAccountToken;
  std::optional<CustomSettings> custom;
  std::optional<ServiceAccountTokenSettings> service_account_token;
  std::optional<X509Settings> x509;
  std::optional<JwtSettings> jwt;
  std::optional<PasswordSettings> password;
  Origin origin;
  friend bool operator==(const AuthenticationMethod&, const AuthenticationMethod&) = default;
};

struct BrokerAuthentication {
  std::string name;
  Origin origin;
  std::vector<AuthenticationMethod> methods;
  ExpiryNotice expiry_notice = ExpiryNotice::kNone;

  bool Has(AuthenticationMethodName method) const;
  friend bool operator==(const BrokerAuthentication&, const BrokerAuthentication&) = default;
};

// Of its `spec`.
extern const FieldTable kBrokerAuthenticationFields;

}  // namespace signet::config
