#include "auth/password/scram_message.h"

#include <algorithm>
#include <optional>

#include "core/base/base64.h"
#include "core/base/utf8.h"

namespace signet::auth {
namespace {

constexpr ScramFlaw kNoMessage{"it is no message of SCRAM"};
constexpr ScramFlaw kTooLong{"a message of SCRAM is too long"};
constexpr ScramFlaw kUnknownExtension{"it needs an extension of SCRAM that is not known"};

// Attributes, with commas between them.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool empty() const { return ended_; }
  std::string_view rest() const { return rest_; }
  std::string_view Next() {
    const size_t comma = rest_.find(',');
    const std::string_view next = rest_.substr(0, comma);
    ended_ = comma == rest_.npos;
    rest_.remove_prefix(ended_ ? rest_.size() : comma + 1);
    return next;
  }
  // Of `x=VALUE` the value; empty if the next one is not that, or has none.
  std::string_view Value(char name) {
    const std::string_view next = Next();
    const bool is_it = next.size() > 2 && next[0] == name && next[1] == '=';
    return is_it ? next.substr(2) : std::string_view();
  }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsMessage(std::string_view text) { return !text.empty() && IsMqttUtf8(text); }

bool IsNonce(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// saslname: `=2C` is a comma and `=3D` an equals sign, and no other one may stand there.
std::optional<std::string> DecodeName(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    const bool is_escape = text[0] == '=';
    const std::string_view code = text.substr(0, 3);
    if (is_escape && code != "=2C" && code != "=3D") return std::nullopt;
    name += !is_escape ? text[0] : code == "=2C" ? ',' : '=';
    text.remove_prefix(is_escape ? 3 : 1);
  }
  if (name.empty() || name.size() > kMaxScramNameBytes || HasControl(name)) return std::nullopt;
  return name;
}

// What follows the attributes that we know. Those that a server may overlook are overlooked.
std::optional<ScramFlaw> CheckExtensions(Fields attributes) {
  while (!attributes.empty()) {
    const std::string_view next = attributes.Next();
    if (next.size() < 3 || !IsLetter(next[0]) || next[1] != '=') return kNoMessage;
    if (next[0] == 'm') return kUnknownExtension;
  }
  return std::nullopt;
}

// In the one spelling that these bytes have.
std::optional<Sha256Hash> DecodeProof(std::string_view text) {
  const auto bytes = DecodeBase64(text);
  Sha256Hash proof;
  if (!bytes.ok() || bytes->size() != proof.size()) return std::nullopt;
  std::string spelled;
  AppendBase64(bytes->bytes(), &spelled);
  if (spelled != text) return std::nullopt;
  std::ranges::copy(bytes->bytes(), proof.begin());
  return proof;
}

}  // namespace

Expected<ScramClientFirst, ScramFlaw> ReadScramClientFirst(std::string_view message) {
  if (message.size() > kMaxScramMessageBytes) return kTooLong;
  if (!IsMessage(message)) return kNoMessage;
  ScramClientFirst first;
  Fields attributes(message);
  const std::string_view binding = attributes.Next();
  if (binding.starts_with("p=")) return ScramFlaw{"it binds to a channel, which is not offered"};
  if (binding != "n" && binding != "y") return kNoMessage;
  const std::string_view acts_as = attributes.Next();
  first.bare = attributes.rest();
  first.gs2_header = message.substr(0, message.size() - first.bare.size());
  if (first.bare.starts_with("m=")) return kUnknownExtension;
  auto name = DecodeName(attributes.Value('n'));
  if (!name) return ScramFlaw{"its name is empty, too long, or not spelled as SCRAM has it"};
  first.name = std::move(*name);
  if (!acts_as.empty()) {
    if (!acts_as.starts_with("a=")) return kNoMessage;
    if (DecodeName(acts_as.substr(2)) != first.name) return ScramFlaw{"it acts for another user"};
  }
  first.nonce = attributes.Value('r');
  if (!IsNonce(first.nonce)) return kNoMessage;
  if (first.nonce.size() > kMaxScramNonceBytes) return kTooLong;
  if (const auto flaw = CheckExtensions(attributes)) return *flaw;
  return first;
}

Expected<ScramClientFinal, ScramFlaw> ReadScramClientFinal(std::string_view message) {
  if (message.size() > kMaxScramMessageBytes) return kTooLong;
  if (!IsMessage(message)) return kNoMessage;
  const size_t last = message.rfind(',');
  if (last == message.npos || !message.substr(last).starts_with(",p=")) return kNoMessage;
  ScramClientFinal final{.without_proof = message.substr(0, last)};
  Fields attributes(final.without_proof);
  final.channel_binding = attributes.Value('c');
  final.nonce = attributes.Value('r');
  if (final.channel_binding.empty() || !IsNonce(final.nonce)) return kNoMessage;
  if (const auto flaw = CheckExtensions(attributes)) return *flaw;
  const auto proof = DecodeProof(message.substr(last + 3));
  if (!proof) return kNoMessage;
  final.proof = *proof;
  return final;
}

}  // namespace signet::auth
