#include "auth/revocations.h"

#include <utility>

#include "fmt/format.h"

namespace signet::auth {
namespace {

constexpr std::string_view kAccountPrefix = "system:serviceaccount:";

// No two credentials have equal ones: an issuer may hold any character.
std::string KeyOf(CredentialName::Kind kind, std::string_view issuer, std::string_view id) {
  const char letter = kind == CredentialName::Kind::kToken ? 't' : 'c';
  return fmt::format("{}{}:{}{}", letter, issuer.size(), issuer, id);
}

CredentialName::Kind KindOf(const Revocation& revocation) {
  return revocation.by == Revocation::By::kToken ? CredentialName::Kind::kToken
                                                 : CredentialName::Kind::kCertificate;
}

StatusOr<std::string> ReadAccount(std::string_view text) {
  std::string_view rest = text;
  const bool is_user = rest.starts_with(kAccountPrefix);
  if (is_user) rest.remove_prefix(kAccountPrefix.size());
  const size_t between = rest.find(is_user ? ':' : '/');
  if (between == std::string_view::npos || between == 0 || between + 1 == rest.size()) {
    return Status::Error("a service account is NAMESPACE/NAME");
  }
  return fmt::format("{}{}:{}", kAccountPrefix, rest.substr(0, between), rest.substr(between + 1));
}

StatusOr<std::string> ReadSerial(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == ':') continue;
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_digit = (lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f');
    if (!is_digit) return Status::Error("a serial number is hexadecimal digits");
    if (!digits.empty() || lower != '0') digits += lower;
  }
  if (text.find_first_not_of(':') == std::string_view::npos) {
    return Status::Error("a serial number is hexadecimal digits");
  }
  return digits.empty() ? "0" : digits;
}

bool MatchesCredential(const Revocation& revocation, const CredentialName* credential) {
  if (credential == nullptr || credential->kind != KindOf(revocation)) return false;
  if (credential->id != revocation.value) return false;
  const bool any_issuer =
      revocation.by == Revocation::By::kCertificate && revocation.issuer.empty();
  return any_issuer || credential->issuer == revocation.issuer;
}

}  // namespace

StatusOr<Revocation> ReadRevocation(Revocation::By by, std::string_view value,
                                    std::string_view issuer) {
  Revocation revocation{.by = by, .value = std::string(value), .issuer = std::string(issuer)};
  if (value.empty()) return Status::Error("what is to be revoked is empty");
  if (by == Revocation::By::kToken && issuer.empty()) {
    return Status::Error("a token's jti means nothing without its issuer");
  }
  if (!revocation.is_of_credential() && !issuer.empty()) {
    return Status::Error("an issuer belongs to a token or a certificate");
  }
  if (by != Revocation::By::kServiceAccount && by != Revocation::By::kCertificate) {
    return revocation;
  }
  StatusOr<std::string> read =
      by == Revocation::By::kCertificate ? ReadSerial(value) : ReadAccount(value);
  if (!read.ok()) return read.error();
  revocation.value = std::move(*read);
  return revocation;
}

bool Matches(const Revocation& revocation, const RevocationSubject& subject) {
  switch (revocation.by) {
    case Revocation::By::kUsername:
      return subject.username == revocation.value;
    case Revocation::By::kServiceAccount:
      return subject.method == "ServiceAccountToken" && subject.identity == revocation.value;
    case Revocation::By::kSubject:
      return subject.credential != nullptr && subject.credential->subject == revocation.value;
    case Revocation::By::kToken:
    case Revocation::By::kCertificate:
      return MatchesCredential(revocation, subject.credential);
  }
  return false;
}

bool Revocations::Add(const Revocation& revocation, WallTime now) {
  std::string key = KeyOf(KindOf(revocation), revocation.issuer, revocation.value);
  if (listed_.contains(key)) return true;
  // Nothing is taken out before there is need: a clock that was set back would let it in again.
  if (listed_.size() >= capacity_) {
    absl::erase_if(listed_, [now](const auto& each) { return each.second && *each.second <= now; });
  }
  if (listed_.size() >= capacity_) return false;
  listed_.emplace(std::move(key), std::nullopt);
  return true;
}

bool Revocations::Has(const CredentialName* credential) {
  if (listed_.empty() || credential == nullptr || credential->id.empty()) return false;
  const auto found = listed_.find(KeyOf(credential->kind, credential->issuer, credential->id));
  if (found != listed_.end()) {
    found->second = credential->ends;
    return true;
  }
  return credential->kind == CredentialName::Kind::kCertificate &&
         listed_.contains(KeyOf(credential->kind, {}, credential->id));
}

}  // namespace signet::auth
