// How hashes of passwords are written.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "auth/password/password_hash.h"
#include "core/base/base64.h"

namespace signet::auth {
namespace {

constexpr std::string_view kPbkdf2 = "$7$";
constexpr std::string_view kSalted = "$6$";
constexpr std::string_view kScram = "$scram-sha-256$";

// Takes one part after the other; `flaw` is the first thing that was wrong.
class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  uint32_t Iterations() {
    const std::string_view digits = Next();
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value == 0 ||
        value > kMaxHashIterations) {
      Complain(fmt::format("has no number of iterations from 1 to {}", kMaxHashIterations));
    }
    return value;
  }
  std::vector<uint8_t> Salt() {
    const std::optional<SecretBytes> salt = Base64();
    if (!salt || salt->empty() || salt->size() > kMaxSaltBytes) {
      Complain(fmt::format("has no salt of 1 to {} bytes in base64", kMaxSaltBytes));
      return {};
    }
    return {salt->bytes().begin(), salt->bytes().end()};
  }
  template <size_t kSize>
  void Fill(std::string_view what, std::array<uint8_t, kSize>* bytes) {
    const std::optional<SecretBytes> part = Base64();
    if (!part || part->size() != kSize) {
      return Complain(fmt::format("has no {} of {} bytes in base64", what, kSize));
    }
    std::ranges::copy(part->bytes(), bytes->begin());
  }
  // Of everything.
  std::optional<Status> Flaw() {
    if (!is_at_end_) Complain("has more parts than its form has");
    if (flaw_.empty()) return std::nullopt;
    return Status::Error(flaw_);
  }

 private:
  std::string_view Next() {
    if (is_at_end_) return {};
    const size_t end = rest_.find('$');
    const std::string_view part = rest_.substr(0, end);
    is_at_end_ = end == rest_.npos;
    rest_.remove_prefix(is_at_end_ ? rest_.size() : end + 1);
    return part;
  }
  // Line ends, which the decoder would skip, are none of its digits.
  std::optional<SecretBytes> Base64() {
    const std::string_view part = Next();
    if (part.find_first_of("\r\n") != part.npos) return std::nullopt;
    StatusOr<SecretBytes> bytes = DecodeBase64(part);
    if (!bytes.ok()) return std::nullopt;
    return std::move(*bytes);
  }
  void Complain(std::string sentence) {
    if (flaw_.empty()) flaw_ = std::move(sentence);
  }

  std::string_view rest_;
  bool is_at_end_ = false;
  std::string flaw_;
};

void Append(ByteView bytes, SecretBytes* text) {
  std::string base64;
  base64.reserve(Base64Size(bytes.size()));
  AppendBase64(bytes, &base64);
  text->Append("$");
  text->Append(base64);
  WipeText(&base64);
}

}  // namespace

StatusOr<PasswordHash> ParsePasswordHash(std::string_view text) {
  PasswordHash hash;
  std::optional<Status> flaw;
  if (text.starts_with(kPbkdf2)) {
    Parts parts(text.substr(kPbkdf2.size()));
    Pbkdf2Sha512 slow;
    slow.iterations = parts.Iterations();
    slow.salt = parts.Salt();
    parts.Fill("hash", &slow.hash);
    flaw = parts.Flaw();
    hash = std::move(slow);
  } else if (text.starts_with(kSalted)) {
    Parts parts(text.substr(kSalted.size()));
    SaltedSha512 quick;
    quick.salt = parts.Salt();
    parts.Fill("hash", &quick.hash);
    flaw = parts.Flaw();
    hash = std::move(quick);
  } else if (text.starts_with(kScram)) {
    Parts parts(text.substr(kScram.size()));
    ScramCredential scram;
    scram.iterations = parts.Iterations();
    scram.salt = parts.Salt();
    parts.Fill("StoredKey", &scram.stored_key);
    parts.Fill("ServerKey", &scram.server_key);
    flaw = parts.Flaw();
    hash = std::move(scram);
  } else {
    return Status::Error("is of no form that is known: $7$, $6$ or $scram-sha-256$");
  }
  if (flaw) return *flaw;
  return hash;
}

SecretBytes ToText(const PasswordHash& hash) {
  SecretBytes text;
  if (const auto* slow = std::get_if<Pbkdf2Sha512>(&hash)) {
    text.Append(fmt::format("$7${}", slow->iterations));
    Append(slow->salt, &text);
    Append(slow->hash, &text);
  } else if (const auto* quick = std::get_if<SaltedSha512>(&hash)) {
    text.Append("$6");
    Append(quick->salt, &text);
    Append(quick->hash, &text);
  } else {
    const auto& scram = std::get<ScramCredential>(hash);
    text.Append(fmt::format("$scram-sha-256${}", scram.iterations));
    Append(scram.salt, &text);
    Append(scram.stored_key, &text);
    Append(scram.server_key, &text);
  }
  return text;
}

}  // namespace signet::auth
