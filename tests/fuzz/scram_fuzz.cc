// SCRAM-SHA-256: what clients send, and a server's side of it. What is taken apart says the same
// when it is put together again; who has no key proves nothing, and who has it proves what the
// server has said and nothing else. Input: a byte; a line with client-first-message;
// client-final-message, or, if the byte is odd, that without its proof, which is then made with the
// right key.
#include <algorithm>
#include <string>
#include <string_view>

#include "auth/password/scram.h"
#include "core/base/base64.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::scram_fuzz {
namespace {

using auth::ScramServer;
using auth::Sha256Hash;

constexpr Sha256Hash kClientKey = {1, 2, 3};
constexpr Sha256Hash kServerKey = {4, 5, 6};
constexpr std::string_view kNonce = "servers-nonce";

std::string Base64Of(ByteView bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return text;
}

void CheckFlaw(const auth::ScramFlaw& flaw) {
  CHECK(!flaw.rule.empty() && IsPrintableLine(flaw.rule));
}

void CheckFirst(std::string_view message, const auth::ScramClientFirst& first) {
  CHECK(std::string(first.gs2_header) + std::string(first.bare) == message);
  CHECK(!first.name.empty() && first.name.size() <= auth::kMaxScramNameBytes);
  CHECK(IsMqttUtf8(first.name));
  CHECK(std::ranges::none_of(first.name, [](char c) { return c == '\n' || c == 0x7F; }));
  CHECK(!first.nonce.empty() && first.nonce.size() <= auth::kMaxScramNonceBytes);
}

Sha256Hash ProofOf(std::string_view message) {
  Sha256Hash proof = auth::HmacSha256(auth::Sha256Of(kClientKey), {AsBytes(message)});
  for (size_t i = 0; i < proof.size(); ++i) {
    proof[i] = static_cast<uint8_t>(proof[i] ^ kClientKey[i]);
  }
  return proof;
}

void Run(std::string_view client_first, std::string client_final, bool has_key) {
  const auto first = auth::ReadScramClientFirst(client_first);
  if (first) CheckFirst(client_first, *first);
  ScramServer server;
  const auto name = server.Begin(client_first);
  CHECK(name.ok() == first.ok());
  if (!name) return CheckFlaw(name.error());
  CHECK(*name == first->name);
  const std::string server_first = server.Challenge({.iterations = 4096,
                                                     .salt = {7, 8},
                                                     .stored_key = auth::Sha256Of(kClientKey),
                                                     .server_key = kServerKey},
                                                    kNonce);
  const std::string nonce = std::string(first->nonce) + std::string(kNonce);
  CHECK(server_first == "r=" + nonce + ",s=Bwg=,i=4096");

  const std::string signed_before = std::string(first->bare) + "," + server_first + ",";
  const std::string without_proof = client_final;
  if (has_key) client_final += ",p=" + Base64Of(ProofOf(signed_before + client_final));
  const auto final = auth::ReadScramClientFinal(client_final);
  if (final) {
    CHECK(std::string(final->without_proof) + ",p=" + Base64Of(final->proof) == client_final);
  }
  const auto end = server.Finish(client_final);
  const bool is_answer = final.ok() && final->nonce == nonce &&
                         final->channel_binding == Base64Of(AsBytes(first->gs2_header));
  CHECK(end.ok() == (has_key && is_answer));
  if (!end) return CheckFlaw(end.error());
  CHECK(*end ==
        "v=" + Base64Of(auth::HmacSha256(kServerKey, {AsBytes(signed_before + without_proof)})));
}

}  // namespace

FUZZ_TARGET(scram) {
  Input input(data, size);
  const bool has_key = (input.Byte() & 1) != 0;
  const std::string_view client_first = input.Line();
  Run(client_first, std::string(AsText(input.Rest())), has_key);
  return 0;
}

}  // namespace signet::fuzz::scram_fuzz
