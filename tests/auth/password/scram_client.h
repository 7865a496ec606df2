// ScramClient: a client of SCRAM-SHA-256 (RFC 5802) for tests, that does what it is told, wrong
// things too.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "auth/password/hmac_sha256.h"
#include "core/base/base64.h"
#include "core/base/bytes.h"
#include "core/base/check.h"

namespace signet::auth {

inline std::string Base64Of(ByteView bytes) {
  std::string text;
  AppendBase64(bytes, &text);
  return text;
}

class ScramClient {
 public:
  ScramClient(std::string name, std::string password, std::string nonce = "clients-nonce")
      : name_(std::move(name)), password_(std::move(password)), nonce_(std::move(nonce)) {}

  std::string First() {
    bare_ = "n=" + name_ + ",r=" + nonce_;
    return "n,," + bare_;
  }
  // The answer to server-first-message.
  std::string Final(std::string_view server_first) {
    server_first_ = server_first;
    return FinalWith(AttributeOf(server_first, 'r'), "biws");
  }
  std::string FinalWith(const std::string& nonce, const std::string& binding) {
    const std::string without_proof = "c=" + binding + ",r=" + nonce;
    message_ = bare_ + "," + server_first_ + "," + without_proof;
    const Sha256Hash client_key = HmacSha256(Salted(), {AsBytes("Client Key")});
    Sha256Hash proof = HmacSha256(Sha256Of(client_key), {AsBytes(message_)});
    for (size_t i = 0; i < proof.size(); ++i) {
      proof[i] = static_cast<uint8_t>(proof[i] ^ client_key[i]);
    }
    return without_proof + ",p=" + Base64Of(proof);
  }
  // What the server has to say in the end.
  std::string ExpectedEnd() const {
    const Sha256Hash server_key = HmacSha256(Salted(), {AsBytes("Server Key")});
    return "v=" + Base64Of(HmacSha256(server_key, {AsBytes(message_)}));
  }

  static std::string AttributeOf(std::string_view message, char name) {
    while (!message.empty()) {
      const size_t end = std::min(message.find(','), message.size());
      if (message.starts_with(std::string{name, '='}))
        return std::string(message.substr(2, end - 2));
      message.remove_prefix(std::min(end + 1, message.size()));
    }
    return "";
  }

 private:
  // Of RFC 8018, 5.2, for one block: independent of what the product calls.
  Sha256Hash Salted() const {
    const auto salt = DecodeBase64(AttributeOf(server_first_, 's'));
    CHECK(salt.ok());
    constexpr uint8_t kFirstBlock[] = {0, 0, 0, 1};
    Sha256Hash last = HmacSha256(AsBytes(password_), {salt->bytes(), kFirstBlock});
    Sha256Hash sum = last;
    const int iterations = std::stoi(AttributeOf(server_first_, 'i'));
    for (int i = 1; i < iterations; ++i) {
      last = HmacSha256(AsBytes(password_), {last});
      for (size_t at = 0; at < sum.size(); ++at) {
        sum[at] = static_cast<uint8_t>(sum[at] ^ last[at]);
      }
    }
    return sum;
  }

  const std::string name_;
  const std::string password_;
  const std::string nonce_;
  std::string bare_;
  std::string server_first_;
  std::string message_;  // AuthMessage.
};

}  // namespace signet::auth
