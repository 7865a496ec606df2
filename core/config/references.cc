#include "core/config/references.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/config/field_reader.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kCertificate = "-----BEGIN CERTIFICATE-----";

bool Holds(std::string_view text, std::string_view what) { return text.find(what) != text.npos; }

bool HoldsPrivateKey(std::string_view text) {
  return Holds(text, "-----BEGIN ") && Holds(text, "PRIVATE KEY-----");
}

// PEM, or the SEQUENCE that a revocation list in DER is.
bool IsRevocationList(std::string_view bytes) {
  return Holds(bytes, "-----BEGIN X509 CRL-----") || bytes.starts_with('\x30');
}

void Wait(const Origin& origin, std::string sentence, References::Waits* waits) {
  waits->push_back(
      {.severity = Severity::kWaiting, .origin = origin, .sentence = std::move(sentence)});
}

const KeyedValues* Find(const std::vector<KeyedValues>& all, std::string_view kind,
                        const Reference& reference, References::Waits* waits) {
  const auto found = std::ranges::find(all, reference.name, &KeyedValues::name);
  if (found != all.end()) return &*found;
  Wait(reference.origin, fmt::format("there is no {} {}", kind, reference.name), waits);
  return nullptr;
}

}  // namespace

const KeyedValues* References::Secret(const Reference& reference, Waits* waits) {
  return Find(manifests_.secrets, "Secret", reference, waits);
}

const KeyedValues* References::ConfigMap(const Reference& reference, Waits* waits) {
  return Find(manifests_.config_maps, "ConfigMap", reference, waits);
}

const SecretBytes* References::Value(const KeyedValues& values, std::string_view kind,
                                     std::string_view key, const Origin& origin, Waits* waits) {
  const auto found = values.values.find(key);
  if (found == values.values.end()) {
    Wait(origin, fmt::format("{} {} has no key {}", kind, values.name, key), waits);
    return nullptr;
  }
  if (found->second.missing.empty()) return &found->second.bytes;
  Wait(found->second.origin,
       fmt::format("{} {}, key {}: {}", kind, values.name, key, found->second.missing), waits);
  return nullptr;
}

Certificate References::CertificateIn(const Reference& reference, Waits* waits) {
  Certificate certificate{.name = "Secret " + reference.name, .chain_pem = {}, .key_pem = {}};
  const KeyedValues* secret = Secret(reference, waits);
  if (secret == nullptr) return certificate;
  const SecretBytes* chain = Value(*secret, "Secret", "tls.crt", reference.origin, waits);
  const SecretBytes* key = Value(*secret, "Secret", "tls.key", reference.origin, waits);
  if (chain != nullptr) {
    certificate.chain_pem = chain->text();
    if (!Holds(certificate.chain_pem, kCertificate)) {
      problems_->Error(secret->origin, fmt::format("tls.crt of Secret {} holds no certificate in "
                                                   "PEM",
                                                   secret->name));
    }
  }
  if (key != nullptr) {
    certificate.key_pem = *key;
    if (!HoldsPrivateKey(key->text())) {
      problems_->Error(secret->origin, fmt::format("tls.key of Secret {} holds no private key in "
                                                   "PEM",
                                                   secret->name));
    }
  }
  return certificate;
}

SecretBytes References::SecretValue(const Reference& reference, std::string_view key,
                                    Waits* waits) {
  const KeyedValues* secret = Secret(reference, waits);
  if (secret == nullptr) return {};
  const SecretBytes* value = Value(*secret, "Secret", key, reference.origin, waits);
  return value == nullptr ? SecretBytes() : *value;
}

SecretByName References::SecretValues(const Reference& reference, Waits* waits) {
  SecretByName all;
  const KeyedValues* secret = Secret(reference, waits);
  if (secret == nullptr) return all;
  if (secret->values.empty()) {
    Wait(reference.origin, fmt::format("Secret {} is empty", reference.name), waits);
  }
  for (const auto& [key, value] : secret->values) {
    const SecretBytes* bytes = Value(*secret, "Secret", key, value.origin, waits);
    if (bytes == nullptr) continue;
    if (bytes->empty()) {
      // Whoever can make a signature with no secret would be let in.
      problems_->Error(value.origin, fmt::format("the secret under the key {} is empty", key));
    }
    all[key] = *bytes;
  }
  return all;
}

std::string References::CaBundle(const Reference& reference, Waits* waits) {
  std::string bundle;
  const KeyedValues* map = ConfigMap(reference, waits);
  if (map == nullptr) return bundle;
  bool complete = true;
  for (const auto& [key, value] : map->values) {
    const SecretBytes* bytes = Value(*map, "ConfigMap", key, value.origin, waits);
    complete = complete && bytes != nullptr;
    if (bytes == nullptr || !Holds(bytes->text(), kCertificate)) continue;
    bundle += bytes->text();
    if (!bundle.ends_with('\n')) bundle += '\n';
  }
  if (bundle.empty() && complete) {
    problems_->Error(map->origin, fmt::format("ConfigMap {} holds no certificate in PEM, and {} "
                                              "needs the CAs from there",
                                              map->name, PlaceOf(reference.origin)));
  }
  return bundle;
}

TextByName References::PublicKeys(const Reference& reference, Waits* waits) {
  TextByName keys;
  const KeyedValues* map = ConfigMap(reference, waits);
  if (map == nullptr) return keys;
  for (const auto& [key, value] : map->values) {
    const SecretBytes* bytes = Value(*map, "ConfigMap", key, value.origin, waits);
    if (bytes == nullptr) continue;
    if (!Holds(bytes->text(), "-----BEGIN PUBLIC KEY-----") &&
        !Holds(bytes->text(), kCertificate)) {
      problems_->Error(value.origin, fmt::format("{} of ConfigMap {} holds no public key in PEM",
                                                 key, map->name));
      continue;
    }
    keys[key] = bytes->text();
  }
  if (map->values.empty()) {
    Wait(reference.origin, fmt::format("ConfigMap {} is empty", reference.name), waits);
  }
  return keys;
}

std::vector<std::string> References::RevocationLists(const Reference& reference, Waits* waits) {
  std::vector<std::string> lists;
  const KeyedValues* map = ConfigMap(reference, waits);
  if (map == nullptr) return lists;
  for (const auto& [key, value] : map->values) {
    const SecretBytes* bytes = Value(*map, "ConfigMap", key, value.origin, waits);
    if (bytes == nullptr) continue;
    if (!IsRevocationList(bytes->text())) {
      problems_->Error(value.origin,
                       fmt::format("{} of ConfigMap {} is no revocation list", key, map->name));
      continue;
    }
    lists.emplace_back(bytes->text());
  }
  // An empty list of lists would let in whom they were to keep out.
  if (map->values.empty()) {
    Wait(reference.origin, fmt::format("ConfigMap {} is empty", reference.name), waits);
  }
  return lists;
}

void References::Resolve(CustomSettings* settings, Waits* waits) {
  if (!settings->ca_cert_config_map.empty()) {
    settings->ca_pem = CaBundle(settings->ca_cert_config_map, waits);
  }
  if (settings->auth && settings->auth->x509) {
    settings->client_certificate = CertificateIn(settings->auth->x509->secret, waits);
  }
}

void References::Resolve(JwtSettings* settings, Waits* waits) {
  for (JwtIssuer& issuer : settings->issuers) {
    if (!issuer.ca_cert_config_map.empty()) {
      issuer.ca_pem = CaBundle(issuer.ca_cert_config_map, waits);
    }
    if (!issuer.public_keys_config_map.empty()) {
      issuer.public_keys_pem = PublicKeys(issuer.public_keys_config_map, waits);
    }
    if (!issuer.hmac_secret.empty()) issuer.hmac_secrets = SecretValues(issuer.hmac_secret, waits);
  }
  if (!settings->introspection) return;
  Introspection& introspection = *settings->introspection;
  introspection.client_secret_text =
      SecretValue(introspection.client_secret, "client-secret", waits);
  if (!introspection.ca_cert_config_map.empty()) {
    introspection.ca_pem = CaBundle(introspection.ca_cert_config_map, waits);
  }
}

void References::Resolve(ConfigReader* reader, PasswordSettings* settings, Waits* waits) {
  if (!settings->users_secret.empty()) {
    settings->users = SecretValue(settings->users_secret, "users", waits);
    return;
  }
  const Reference& file = settings->users_file;
  StatusOr<SecretBytes> bytes = reader->ReadFile(file.name, file.origin.file);
  if (bytes.ok()) {
    settings->users = std::move(*bytes);
  } else {
    Wait(file.origin,
         fmt::format("the file \"{}\" {}", EscapeForLog(file.name), bytes.error().sentence()),
         waits);
  }
}

void References::Resolve(ConfigReader* reader, BrokerAuthentication* authentication, Waits* waits) {
  for (AuthenticationMethod& method : authentication->methods) {
    switch (method.name) {
      case AuthenticationMethodName::kCustom:
        if (method.custom) Resolve(&*method.custom, waits);
        break;
      case AuthenticationMethodName::kX509: {
        if (!method.x509) method.x509.emplace();
        Reference& ca = method.x509->trusted_client_ca_cert;
        if (ca.origin.line == 0) ca.origin = method.origin;  // It is the default.
        method.x509->trusted_ca_pem = CaBundle(ca, waits);
        if (!method.x509->client_crl.empty()) {
          method.x509->client_crls = RevocationLists(method.x509->client_crl, waits);
        }
        break;
      }
      case AuthenticationMethodName::kJwt:
        if (method.jwt) Resolve(&*method.jwt, waits);
        break;
      case AuthenticationMethodName::kPassword:
        if (method.password) Resolve(reader, &*method.password, waits);
        break;
      case AuthenticationMethodName::kServiceAccountToken:
        break;
    }
  }
}

}  // namespace signet::config
