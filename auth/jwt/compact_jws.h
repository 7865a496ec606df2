// CompactJws: a token in the compact form HEADER.PAYLOAD.SIGNATURE (RFC 7515, 7.1), taken apart and
// not believed: whose signature it is, VerificationKey says. A JWT is one whose payload are claims
// (claims.h). Of the header only what chooses a key is looked at; a key, or the address of one,
// that the header itself brings (jwk, jku, x5c, x5u) counts for nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/json/json_document.h"
#include "core/base/bytes.h"
#include "core/base/expected.h"

namespace signet::auth {

// Which rule a token breaks, as a sentence for the log: `the token is not three parts`.
struct TokenFlaw {
  std::string_view rule;
};

class CompactJws {
 public:
  static constexpr size_t kMaxBytes = 64 * 1024;
  static constexpr size_t kMaxKeyIdBytes = 512;

  // The result borrows from `token`.
  static Expected<CompactJws, TokenFlaw> Read(std::string_view token);

  // `alg`, as it stands there; never empty.
  const std::string& algorithm() const { return algorithm_; }
  // `kid`.
  const std::optional<std::string>& key_id() const { return key_id_; }
  // `typ`; empty if there is none.
  const std::string& type() const { return type_; }
  JsonObject payload() const { return payload_.root(); }

  // What is signed, and by which bytes; never empty.
  ByteView signing_input() const { return signing_input_; }
  ByteView signature() const { return signature_; }

 private:
  explicit CompactJws(JsonDocument payload) : payload_(std::move(payload)) {}
  std::optional<TokenFlaw> ReadHeader(JsonObject header);

  std::string algorithm_;
  std::optional<std::string> key_id_;
  std::string type_;
  JsonDocument payload_;
  ByteView signing_input_;
  std::vector<uint8_t> signature_;
};

}  // namespace signet::auth
