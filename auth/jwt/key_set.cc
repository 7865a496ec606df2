#include "auth/jwt/key_set.h"

#include <algorithm>
#include <span>
#include <utility>

#include "auth/jwt/base64url.h"
#include "simdjson.h"

namespace signet::auth {
namespace {

constexpr KeyFlaw kNotOurs{"is of a kind that we do not use"};

// Nothing if the member is absent, no text, or no base64url.
std::optional<std::vector<uint8_t>> ReadNumber(JsonObject jwk, std::string_view name) {
  std::optional<std::string_view> text;
  if (!jwk.Read(name, &text) || !text) return std::nullopt;
  return DecodeBase64Url(*text);
}

std::string_view ReadName(JsonObject jwk, std::string_view name) {
  std::optional<std::string_view> text;
  return jwk.Read(name, &text) ? text.value_or("") : "";
}

VerificationKey::OrFlaw ReadRsa(JsonObject jwk) {
  const auto modulus = ReadNumber(jwk, "n");
  const auto exponent = ReadNumber(jwk, "e");
  if (!modulus || !exponent) return KeyFlaw{"lacks n or e"};
  return VerificationKey::Rsa(*modulus, *exponent);
}

VerificationKey::OrFlaw ReadEc(JsonObject jwk) {
  const std::string_view name = ReadName(jwk, "crv");
  const auto x = ReadNumber(jwk, "x");
  const auto y = ReadNumber(jwk, "y");
  if (!x || !y) return KeyFlaw{"lacks x or y"};
  if (name == "P-256") return VerificationKey::Ec(EcCurve::kP256, *x, *y);
  if (name == "P-384") return VerificationKey::Ec(EcCurve::kP384, *x, *y);
  if (name == "P-521") return VerificationKey::Ec(EcCurve::kP521, *x, *y);
  return kNotOurs;
}

VerificationKey::OrFlaw ReadEdwards(JsonObject jwk) {
  if (ReadName(jwk, "crv") != "Ed25519") return kNotOurs;
  const auto x = ReadNumber(jwk, "x");
  if (!x) return KeyFlaw{"lacks x"};
  return VerificationKey::Ed25519(*x);
}

VerificationKey::OrFlaw ReadKey(JsonObject jwk) {
  const std::string_view type = ReadName(jwk, "kty");
  if (type == "RSA") return ReadRsa(jwk);
  if (type == "EC") return ReadEc(jwk);
  if (type == "OKP") return ReadEdwards(jwk);
  return kNotOurs;
}

// Whether `use` and `key_ops`, where they are, permit to verify by it (RFC 7517, 4.2 and 4.3).
bool IsForSignatures(JsonObject jwk) {
  std::optional<std::string_view> use;
  std::optional<std::vector<std::string_view>> operations;
  if (!jwk.Read("use", &use) || !jwk.Read("key_ops", &operations)) return false;
  if (use && *use != "sig") return false;
  return !operations || std::ranges::count(*operations, "verify") > 0;
}

}  // namespace

Expected<KeySet, KeySetFlaw> KeySet::Parse(std::string_view json) {
  const Expected<JsonDocument, JsonFlaw> document = JsonDocument::Read(json, kMaxBytes);
  if (!document) return KeySetFlaw{document.error().what};
  simdjson::dom::array keys;
  if (document->root().members().at_key("keys").get(keys) != simdjson::SUCCESS) {
    return KeySetFlaw{"has no list of keys"};
  }
  if (keys.size() > kMaxKeys) return KeySetFlaw{"has too many keys"};
  KeySet set;
  for (const simdjson::dom::element key : keys) {
    simdjson::dom::object jwk;
    if (key.get(jwk) != simdjson::SUCCESS) return KeySetFlaw{"has a key that is no object"};
    if (!set.AddJwk(JsonObject(jwk))) ++set.passed_over_;
  }
  if (set.size() == 0) return KeySetFlaw{"has no key that we can use"};
  return set;
}

bool KeySet::AddJwk(JsonObject jwk) {
  // The private half too: whoever reads the set can sign.
  if (jwk.Has("d") || !IsForSignatures(jwk)) return false;
  std::optional<std::string_view> key_id;
  std::optional<std::string_view> name;
  if (!jwk.Read("kid", &key_id) || !jwk.Read("alg", &name)) return false;
  if (key_id && key_id->size() > CompactJws::kMaxKeyIdBytes) return false;
  std::optional<JwtAlgorithm> algorithm;
  if (name) {
    algorithm = ParseAlgorithm(*name);
    if (!algorithm) return false;
  }
  VerificationKey::OrFlaw key = ReadKey(jwk);
  if (!key || (algorithm && !(*key)->Serves(*algorithm))) return false;
  Add(key_id ? std::optional<std::string>(*key_id) : std::nullopt, algorithm, std::move(*key));
  return true;
}

void KeySet::Add(std::optional<std::string> key_id, std::optional<JwtAlgorithm> algorithm,
                 std::unique_ptr<VerificationKey> key) {
  const size_t index = keys_.size();
  keys_.push_back({.algorithm = algorithm, .key = std::move(key)});
  all_.push_back(index);
  if (key_id) by_key_id_[*key_id].push_back(index);
}

SignatureVerdict KeySet::Check(const CompactJws& jws, const AlgorithmSet& allowed) const {
  const std::optional<JwtAlgorithm> algorithm = ParseAlgorithm(jws.algorithm());
  if (!algorithm || !allowed.Has(*algorithm)) return SignatureVerdict::kForged;
  std::span<const size_t> candidates = all_;
  if (jws.key_id()) {
    const auto found = by_key_id_.find(std::string_view(*jws.key_id()));
    if (found == by_key_id_.end()) return SignatureVerdict::kUnknownKey;
    candidates = found->second;
  }
  size_t tries = 0;
  for (const size_t index : candidates) {
    const Key& key = keys_[index];
    if (key.algorithm.value_or(*algorithm) != *algorithm || !key.key->Serves(*algorithm)) continue;
    if (key.key->Verify(*algorithm, jws.signing_input(), jws.signature())) {
      return SignatureVerdict::kGenuine;
    }
    if (++tries == kMaxTries) break;
  }
  // A token that names no key may be of one that we have yet to see.
  return jws.key_id() ? SignatureVerdict::kForged : SignatureVerdict::kUnknownKey;
}

}  // namespace signet::auth
