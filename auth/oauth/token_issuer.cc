#include "auth/oauth/token_issuer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "auth/oauth/public_key_pem.h"
#include "core/base/base64.h"
#include "core/base/log.h"

namespace signet::auth {
namespace {

// Those of AlgorithmSet::PublicKey() are all others.
constexpr bool IsOfSecret(JwtAlgorithm algorithm) { return algorithm <= JwtAlgorithm::kHs512; }

bool ServesOneOf(const AlgorithmSet& allowed, const VerificationKey& key) {
  for (auto each = JwtAlgorithm::kHs256; each <= JwtAlgorithm::kEdDsa;
       each = static_cast<JwtAlgorithm>(static_cast<uint8_t>(each) + 1)) {
    if (allowed.Has(each) && key.Serves(each)) return true;
  }
  return false;
}

Status KeyError(const config::JwtIssuer& issuer, std::string_view key_id, std::string_view what) {
  return Status::Error(fmt::format("the key {} of {} {}", EscapeForLog(key_id),
                                   issuer.issuer.empty()
                                       ? std::string("the issuer without a name")
                                       : "the issuer " + EscapeForLog(issuer.issuer),
                                   what));
}

// A key that no token could be signed by was meant to be another one, or `algorithms` were.
Status AddKey(const config::JwtIssuer& issuer, const std::string& key_id,
              VerificationKey::OrFlaw key, const AlgorithmSet& allowed, KeySet* keys) {
  if (!key.ok()) return KeyError(issuer, key_id, key.error().what);
  if (!ServesOneOf(allowed, **key)) {
    return KeyError(issuer, key_id, "serves none of the algorithms that are allowed");
  }
  keys->Add(key_id, std::nullopt, std::move(*key));
  return Status::Ok();
}

}  // namespace

TokenIssuer::TokenIssuer(const config::JwtIssuer& issuer)
    : name_(issuer.issuer),
      shown_as_(issuer.issuer.empty() ? issuer.jwks_uri : issuer.issuer),
      audiences_(issuer.audiences) {}

StatusOr<std::unique_ptr<TokenIssuer>> TokenIssuer::Create(const config::JwtIssuer& issuer,
                                                           const config::JwtSettings& settings,
                                                           HttpFetcher* fetcher) {
  std::unique_ptr<TokenIssuer> made(new TokenIssuer(issuer));
  made->SetAlgorithms(settings.algorithms);
  if (Status status = made->AddSecrets(issuer); !status.ok()) return status;
  if (Status status = made->AddPublicKeys(issuer); !status.ok()) return status;
  made->SetSource(issuer, settings.jwks, fetcher);
  return made;
}

void TokenIssuer::SetAlgorithms(const std::vector<JwtAlgorithm>& algorithms) {
  for (const JwtAlgorithm algorithm : algorithms) {
    (IsOfSecret(algorithm) ? of_secrets_ : of_public_keys_).Add(algorithm);
  }
}

Status TokenIssuer::AddSecrets(const config::JwtIssuer& issuer) {
  for (const auto& [key_id, text] : issuer.hmac_secrets) {
    StatusOr<SecretBytes> secret = issuer.hmac_encoding == config::SecretEncoding::kBase64
                                       ? DecodeBase64(text.text())
                                       : StatusOr<SecretBytes>(text);
    if (!secret.ok()) return KeyError(issuer, key_id, secret.error().sentence());
    Status status = AddKey(issuer, key_id, VerificationKey::Hmac(*secret), of_secrets_, &secrets_);
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

Status TokenIssuer::AddPublicKeys(const config::JwtIssuer& issuer) {
  for (const auto& [key_id, pem] : issuer.public_keys_pem) {
    Status status = AddKey(issuer, key_id, ReadPublicKeyPem(pem), of_public_keys_, &public_keys_);
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

void TokenIssuer::SetSource(const config::JwtIssuer& issuer, config::KeySetSettings settings,
                            HttpFetcher* fetcher) {
  if (!issuer.discovery && issuer.jwks_uri.empty()) return;
  auto trust = std::make_shared<HttpTrust>();
  trust->ca_pem = issuer.ca_pem;
  documents_.emplace(fetcher, std::move(trust), seconds(static_cast<int64_t>(settings.timeout_s)));
  KeyPlace place{.discovery_url = issuer.discovery ? DiscoveryUrl(issuer.issuer) : "",
                 .key_set_url = issuer.jwks_uri,
                 .issuer = issuer.issuer};
  // Keys are not useless before they are due to be fetched again.
  settings.stale_s = std::max(settings.stale_s, settings.refresh_s);
  source_.emplace(std::move(place), settings, &*documents_);
}

void TokenIssuer::Check(const CompactJws& jws, WallTime now, KeySource::Done done) {
  const std::optional<JwtAlgorithm> algorithm = ParseAlgorithm(jws.algorithm());
  if (algorithm && IsOfSecret(*algorithm)) {
    return std::move(done)(secrets_.Check(jws, of_secrets_));
  }
  const SignatureVerdict verdict = public_keys_.Check(jws, of_public_keys_);
  if (verdict != SignatureVerdict::kUnknownKey || !source_) return std::move(done)(verdict);
  source_->Check(jws, of_public_keys_, now, std::move(done));
}

}  // namespace signet::auth
