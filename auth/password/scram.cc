#include "auth/password/scram.h"

#include "core/base/base64.h"
#include "core/base/check.h"
#include "core/base/secret_bytes.h"
#include "fmt/format.h"

namespace signet::auth {
namespace {

std::string ToBase64(ByteView bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return text;
}

}  // namespace

ScramServer::~ScramServer() {
  WipeMemory(stored_key_.data(), stored_key_.size());
  WipeMemory(server_key_.data(), server_key_.size());
}

Expected<std::string, ScramFlaw> ScramServer::Begin(std::string_view client_first) {
  auto first = ReadScramClientFirst(client_first);
  if (!first) return first.error();
  channel_binding_ = ToBase64(AsBytes(first->gs2_header));
  client_first_bare_ = first->bare;
  nonce_ = first->nonce;
  return std::move(first->name);
}

std::string ScramServer::Challenge(const ScramCredential& credential, std::string_view nonce) {
  CHECK(!nonce_.empty() && server_first_.empty());
  nonce_ += nonce;
  stored_key_ = credential.stored_key;
  server_key_ = credential.server_key;
  server_first_ =
      fmt::format("r={},s={},i={}", nonce_, ToBase64(credential.salt), credential.iterations);
  return server_first_;
}

Expected<std::string, ScramFlaw> ScramServer::Finish(std::string_view client_final) {
  CHECK(!server_first_.empty());
  const auto final = ReadScramClientFinal(client_final);
  if (!final) return final.error();
  if (final->channel_binding != channel_binding_) {
    return ScramFlaw{"its channel binding is not the one that it began with"};
  }
  if (final->nonce != nonce_) return ScramFlaw{"it answers another challenge"};
  const auto sign = [&](const Sha256Hash& key) {  // AuthMessage.
    return HmacSha256(key, {AsBytes(client_first_bare_), AsBytes(","), AsBytes(server_first_),
                            AsBytes(","), AsBytes(final->without_proof)});
  };
  Sha256Hash client_key = sign(stored_key_);
  for (size_t i = 0; i < client_key.size(); ++i) {
    client_key[i] = static_cast<uint8_t>(client_key[i] ^ final->proof[i]);
  }
  const bool is_proven = AreSame(Sha256Of(client_key), stored_key_);
  WipeMemory(client_key.data(), client_key.size());
  const std::string signature = ToBase64(sign(server_key_));
  if (!is_proven) return ScramFlaw{kWrongProof};
  return "v=" + signature;
}

}  // namespace signet::auth
