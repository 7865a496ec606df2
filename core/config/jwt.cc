#include "core/config/jwt.h"

#include <algorithm>

#include "core/config/field_reader.h"
#include "core/config/values.h"

namespace signet::config {
namespace {

constexpr std::string_view kSources[] = {"Password", "Username", "EnhancedAuthentication"};
constexpr std::string_view kAlgorithms[] = {"HS256", "HS384", "HS512", "RS256", "RS384",
                                            "RS512", "PS256", "PS384", "PS512", "ES256",
                                            "ES384", "ES512", "EdDSA"};
constexpr std::string_view kSecretEncodings[] = {"Plain", "Base64"};

constexpr uint64_t kDayInSeconds = 86'400;

bool UsesHmac(const JwtSettings& settings) {
  for (const JwtAlgorithm algorithm : settings.algorithms) {
    if (algorithm <= JwtAlgorithm::kHs512) return true;
  }
  return false;
}

bool UsesPublicKeys(const JwtSettings& settings) {
  for (const JwtAlgorithm algorithm : settings.algorithms) {
    if (algorithm > JwtAlgorithm::kHs512) return true;
  }
  return false;
}

bool HasPublicKeys(const JwtIssuer& issuer) {
  return issuer.discovery || !issuer.jwks_uri.empty() || !issuer.public_keys_config_map.empty();
}

// Of two issuers that are named.
bool HaveTokensInCommon(const JwtIssuer& a, const JwtIssuer& b) {
  if (a.issuer != b.issuer || a.issuer.empty()) return false;
  return a.audiences.empty() || b.audiences.empty() ||
         std::ranges::find_first_of(a.audiences, b.audiences) != a.audiences.end();
}

void CheckIssuer(const void* object, const YamlNode& node, Reading* reading) {
  const auto& issuer = *static_cast<const JwtIssuer*>(object);
  if (issuer.hmac_secret.empty() && !HasPublicKeys(issuer)) {
    reading->Complain(node.line,
                      "the issuer has no keys: give discovery, jwksUri, publicKeysConfigMap or "
                      "hmacSecretRef");
  }
  if (issuer.discovery && !CheckHttpsUrl(issuer.issuer).ok()) {
    reading->Complain(node.line, "discovery needs an issuer that is an https:// URL");
  }
  if (issuer.discovery && !issuer.jwks_uri.empty()) {
    reading->Complain(node.line, "either discovery or jwksUri says where the keys are, not both");
  }
}

void CheckJwt(const void* object, const YamlNode& node, Reading* reading) {
  const auto& settings = *static_cast<const JwtSettings*>(object);
  if (settings.issuers.empty() && !settings.introspection) {
    reading->Complain(node.line, "there must be issuers, or introspection");
  }
  if (!settings.issuers.empty() && settings.algorithms.empty()) {
    reading->Complain(node.line, "issuers need algorithms, which says what they may sign with");
  }
  for (const JwtIssuer& issuer : settings.issuers) {
    if (issuer.issuer.empty() && settings.issuers.size() > 1) {
      reading->Complain(issuer.origin.line, "one of several issuers needs its name, issuer");
    }
    // A public key must never be taken for the secret of an HMAC, so they are told apart here.
    if (!issuer.hmac_secret.empty() && !UsesHmac(settings)) {
      reading->Complain(issuer.origin.line, "hmacSecretRef needs one of HS256, HS384 and HS512");
    }
    if (HasPublicKeys(issuer) && !UsesPublicKeys(settings)) {
      reading->Complain(issuer.origin.line, "public keys need an algorithm that is not HS…");
    }
  }
  for (size_t i = 0; i < settings.issuers.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!HaveTokensInCommon(settings.issuers[i], settings.issuers[j])) continue;
      reading->Complain(settings.issuers[i].origin.line,
                        "this issuer is given twice, and not for different audiences");
    }
  }
}

constexpr Field kTokenIssuerRows[] = {
    Text<&JwtIssuer::issuer>("issuer", nullptr, "",
                             "the claim iss of its tokens; needed where there are several issuers; "
                             "without it, any, and none"),
    Texts<&JwtIssuer::audiences>("audiences", {1, 100}, nullptr,
                                 "one of these must be in the claim aud; without it, aud is not "
                                 "looked at"),
    Toggle<&JwtIssuer::discovery>(
        "discovery", "Disabled",
        "whether the keys are found by OpenID Connect Discovery at the issuer's URL"),
    Text<&JwtIssuer::jwks_uri>("jwksUri", CheckHttpsUrl, "", "where the key set is"),
    Text<&JwtIssuer::public_keys_config_map>(
        "publicKeysConfigMap", CheckObjectName, "",
        "a ConfigMap with public keys in PEM, each under its kid"),
    Text<&JwtIssuer::hmac_secret>("hmacSecretRef", CheckObjectName, "",
                                  "a Secret with the secrets of HS256, HS384 and HS512, each under "
                                  "its kid"),
    Choice<&JwtIssuer::hmac_encoding>("hmacSecretEncoding", kSecretEncodings, "Plain",
                                      "whether those are the secrets, or base64 of them"),
    Text<&JwtIssuer::ca_cert_config_map>(
        "caCertConfigMap", CheckObjectName, "",
        "the CAs of the issuer's server; without it, the system's"),
};
constexpr FieldTable kTokenIssuerFields{.title = "issuers[]",
                                        .fields = kTokenIssuerRows,
                                        .origin = OriginIn<&JwtIssuer::origin>,
                                        .check = CheckIssuer};

constexpr Field kIntrospectionRows[] = {
    Required(Text<&Introspection::endpoint>("endpoint", CheckHttpsUrl, "", "where to ask")),
    Required(Text<&Introspection::client_id>("clientId", nullptr, "", "as whom we ask")),
    Required(Text<&Introspection::client_secret>("clientSecretRef", CheckObjectName, "",
                                                 "a Secret with the key client-secret")),
    Text<&Introspection::ca_cert_config_map>("caCertConfigMap", CheckObjectName, "",
                                             "the CAs of that server; without it, the system's"),
    Number<&Introspection::timeout_s>("timeoutSeconds", {1, 60}, "5", "for an answer"),
    Number<&Introspection::cache_s>("cacheSeconds", {0, kDayInSeconds}, "60",
                                    "for at most how long an answer is believed, and never past "
                                    "its exp; no verdict is remembered for more than 300"),
};
constexpr FieldTable kIntrospectionFields{.title = "introspection",
                                          .fields = kIntrospectionRows,
                                          .origin = OriginIn<&Introspection::origin>};

constexpr Field kKeySetRows[] = {
    Number<&KeySetSettings::refresh_s>("refreshSeconds", {10, kDayInSeconds}, "300",
                                       "after how long a key set is fetched again; sooner, but not "
                                       "within 10 s, if the headers of HTTP caching (RFC 9111) say "
                                       "so"),
    Number<&KeySetSettings::unknown_kid_floor_s>(
        "unknownKidSeconds", {1, kDayInSeconds}, "60",
        "at least so long apart it is fetched because of an unknown kid; an issuer must publish a "
        "new key that long before it signs by it"),
    Number<&KeySetSettings::stale_s>("staleSeconds", {0, 30 * kDayInSeconds}, "86400",
                                     "how long it is used when it can no longer be fetched, "
                                     "whatever those headers say"),
    Number<&KeySetSettings::timeout_s>("timeoutSeconds", {1, 60}, "5", "for fetching it"),
};
constexpr FieldTable kKeySetFields{.title = "jwks", .fields = kKeySetRows};

constexpr Field kJwtRows[] = {
    Choices<&JwtSettings::from>("from", {1, 3}, kSources, "[Password, EnhancedAuthentication]",
                                "where a client puts its token, in the order in which we look"),
    TextsOr<&JwtSettings::enhanced_methods>(
        "enhancedMethods", {1, 16}, CheckMqttText, "[JWT, OAUTH2-JWT, CUSTOM-JWT]",
        "the Authentication Methods of MQTT 5 with which a token comes as Authentication Data; "
        "letter by letter"),
    Choices<&JwtSettings::algorithms>("algorithms", {1, 13}, kAlgorithms, "",
                                      "that a signature may have; required where there are "
                                      "issuers"),
    Objects<&JwtSettings::issuers>("issuers", {1, 100}, kTokenIssuerFields,
                                   "whose tokens are believed"),
    Object<&JwtSettings::introspection>("introspection", kIntrospectionFields,
                                        "asks a server about whatever else stands there (RFC "
                                        "7662)"),
    Object<&JwtSettings::jwks>("jwks", kKeySetFields, "how key sets are kept"),
    Toggle<&JwtSettings::require_exp>("requireExp", "Enabled",
                                      "whether a token without the claim exp is refused; so is "
                                      "one that introspection gives no exp for"),
    Number<&JwtSettings::leeway_s>("leewaySeconds", {0, 300}, "0",
                                   "by which clocks may differ, for exp and nbf; a client stays "
                                   "that much longer, too"),
    Map<&JwtSettings::verify_claims>("verifyClaims",
                                     "claims and what they must be; ${clientid} and ${username} "
                                     "stand for what CONNECT said"),
    Text<&JwtSettings::username_claim>("usernameClaim", nullptr, "sub",
                                       "the claim that is the client's username; a token without "
                                       "it is refused"),
    Text<&JwtSettings::client_id_claim>("clientIdClaim", nullptr, "",
                                        "a claim that the Client Identifier must be equal to"),
    Map<&JwtSettings::attribute_claims>("attributes",
                                        "names of attributes, and the claims that they come from"),
    Text<&JwtSettings::acl_claim>(
        "aclClaim", nullptr, "acl",
        "the claim with what the client may do, of what the port's policy allows; a token without "
        "it leaves that to the policy alone"),
};

}  // namespace

const FieldTable kJwtFields{.title = "jwtSettings", .fields = kJwtRows, .check = CheckJwt};

}  // namespace signet::config
