// The settings of the method JWT: which tokens are believed, and what their claims say about a
// client. Fields and defaults are those of the field table in jwt.cc; what is marked "resolved" is
// filled in from Secrets and ConfigMaps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/field.h"

namespace signet::config {

enum class TokenSource : uint8_t { kPassword, kUsername, kEnhancedAuthentication };
enum class JwtAlgorithm : uint8_t {
  kHs256,
  kHs384,
  kHs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEs256,
  kEs384,
  kEs512,
  kEdDsa
};
enum class SecretEncoding : uint8_t { kPlain, kBase64 };

// Where the keys of one issuer are, and which of its tokens are for us.
struct JwtIssuer {
  std::string issuer;  // The claim `iss`; empty: it is not looked at.
  std::vector<std::string> audiences;
  bool discovery = false;
  std::string jwks_uri;
  Reference public_keys_config_map;
  Reference hmac_secret;
  SecretEncoding hmac_encoding = SecretEncoding::kPlain;
  Reference ca_cert_config_map;
  Origin origin;

  TextByName public_keys_pem;  // Resolved: by `kid`, the key in the ConfigMap.
  SecretByName hmac_secrets;   // Resolved: by `kid`, the key in the Secret.
  std::string ca_pem;          // Resolved; empty: the system's roots.
  friend bool operator==(const JwtIssuer&, const JwtIssuer&) = default;
};

// Asking the issuer about opaque tokens (RFC 7662).
struct Introspection {
  std::string endpoint;
  std::string client_id;
  Reference client_secret;  // Its key `client-secret`.
  Reference ca_cert_config_map;
  uint64_t timeout_s = 5;
  uint64_t cache_s = 60;
  Origin origin;

  SecretBytes client_secret_text;  // Resolved.
  std::string ca_pem;              // Resolved; empty: the system's roots.
  friend bool operator==(const Introspection&, const Introspection&) = default;
};

// How the key sets of issuers are kept.
struct KeySetSettings {
  uint64_t refresh_s = 300;
  uint64_t unknown_kid_floor_s = 60;
  uint64_t stale_s = 86'400;
  uint64_t timeout_s = 5;
  friend bool operator==(const KeySetSettings&, const KeySetSettings&) = default;
};

struct JwtSettings {
  std::vector<TokenSource> from{TokenSource::kPassword, TokenSource::kEnhancedAuthentication};
  // Authentication Methods (MQTT 5, 4.12) whose data are tokens.
  std::vector<std::string> enhanced_methods{"JWT", "OAUTH2-JWT", "CUSTOM-JWT"};
  std::vector<JwtAlgorithm> algorithms;
  std::vector<JwtIssuer> issuers;
  std::optional<Introspection> introspection;
  KeySetSettings jwks;
  bool require_exp = true;
  uint64_t leeway_s = 0;
  TextByName verify_claims;  // ${clientid} and ${username} stand for what CONNECT said.
  std::string username_claim = "sub";
  std::string client_id_claim;  // Empty: the Client Identifier is not bound.
  TextByName attribute_claims;  // Attribute name -> claim.
  std::string acl_claim = "acl";
  friend bool operator==(const JwtSettings&, const JwtSettings&) = default;
};

extern const FieldTable kJwtFields;

}  // namespace signet::config
