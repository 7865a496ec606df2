// A token, from its bytes to claims. What is taken apart says the same when it is put together
// again; no time is negative; and nobody guesses a signature.
// Input: a byte. If it is odd the rest is a token; otherwise a line with the header, and the
// payload.
#include <string>

#include "auth/jwt/claims.h"
#include "auth/jwt/key_set.h"
#include "auth/kubernetes/kubernetes_claims.h"
#include "core/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::compact_jws_fuzz {
namespace {

using auth::CompactJws;
using auth::KeySet;

// Written by hand: the product only reads it.
std::string ToBase64Url(ByteView bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6;) text += kAlphabet[bits >> (count -= 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

// Of RFC 8037.
const KeySet& Keys() {
  static const KeySet keys = [] {
    auto parsed = KeySet::Parse(
        R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k",
                     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
    CHECK(parsed.ok());
    return std::move(*parsed);
  }();
  return keys;
}

void CheckTime(const std::optional<WallTime>& time) {
  CHECK(!time || (time->milliseconds() >= 0 && !time->is_never()));
}

void CheckToken(std::string_view token) {
  const auto jws = CompactJws::Read(token);
  if (!jws) {
    CHECK(!jws.error().rule.empty() && IsPrintableLine(jws.error().rule));
    return;
  }
  CHECK(token.size() <= CompactJws::kMaxBytes && !jws->algorithm().empty());
  CHECK(!jws->signature().empty() && !jws->payload().Has("\xFF"));
  CHECK(std::string(AsText(jws->signing_input())) + "." + ToBase64Url(jws->signature()) == token);
  CHECK(Keys().Check(*jws, auth::AlgorithmSet::PublicKey()) != auth::SignatureVerdict::kGenuine);

  const auto claims = ReadClaims(jws->payload());
  if (claims) {
    CheckTime(claims->expires_at);
    CheckTime(claims->not_before);
    CheckTime(claims->issued_at);
  }
  const auto kubernetes = auth::ReadKubernetesClaims(jws->payload());
  if (kubernetes && kubernetes->account()) {
    const std::string username = kubernetes->account()->ToUsername();
    CHECK(auth::ParseServiceAccountUsername(username) == kubernetes->account());
  }
}

}  // namespace

FUZZ_TARGET(compact_jws) {
  Input input(data, size);
  if ((input.Byte() & 1) != 0) {
    CheckToken(AsText(input.Rest()));
    return 0;
  }
  const std::string_view header = input.Line();
  const std::string token =
      ToBase64Url(AsBytes(header)) + "." + ToBase64Url(input.Rest()) + ".c2lnbmF0dXJl";
  CheckToken(token);
  return 0;
}

}  // namespace signet::fuzz::compact_jws_fuzz
