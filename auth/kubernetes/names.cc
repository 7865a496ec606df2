#include "auth/kubernetes/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet::auth {
namespace {

constexpr std::string_view kPrefix = "system:serviceaccount:";
constexpr size_t kMaxLabelBytes = 63;
constexpr size_t kMaxSubdomainBytes = 253;

bool IsLabelCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool IsLabelOf(std::string_view name, size_t max_bytes) {
  return !name.empty() && name.size() <= max_bytes && name.front() != '-' && name.back() != '-' &&
         std::ranges::all_of(name, IsLabelCharacter);
}

}  // namespace

bool IsDnsLabel(std::string_view name) { return IsLabelOf(name, kMaxLabelBytes); }

bool IsDnsSubdomain(std::string_view name) {
  if (name.size() > kMaxSubdomainBytes) return false;
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.')) {
    if (!IsLabelOf(name.substr(0, dot), kMaxSubdomainBytes)) return false;
    name.remove_prefix(dot + 1);
  }
  return IsLabelOf(name, kMaxSubdomainBytes);
}

std::string ServiceAccountName::ToUsername() const {
  return fmt::format("{}{}:{}", kPrefix, namespace_name, name);
}

std::optional<ServiceAccountName> ParseServiceAccountUsername(std::string_view username) {
  if (!username.starts_with(kPrefix)) return std::nullopt;
  username.remove_prefix(kPrefix.size());
  const size_t colon = username.find(':');
  if (colon == username.npos) return std::nullopt;
  const std::string_view namespace_name = username.substr(0, colon);
  const std::string_view name = username.substr(colon + 1);
  if (!IsDnsLabel(namespace_name) || !IsDnsSubdomain(name)) return std::nullopt;
  return ServiceAccountName{.namespace_name = std::string(namespace_name),
                            .name = std::string(name)};
}

}  // namespace signet::auth
