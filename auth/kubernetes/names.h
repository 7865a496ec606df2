// The names of Kubernetes objects, and the name that a service account has as a user.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signet::auth {

// A label of RFC 1123: up to 63 of a-z, 0-9 and -, no - at either end. Namespaces are named so.
bool IsDnsLabel(std::string_view name);
// Labels with dots between them, up to 253. Service accounts are named so.
bool IsDnsSubdomain(std::string_view name);

struct ServiceAccountName {
  std::string namespace_name;
  std::string name;

  // As a user: system:serviceaccount:NAMESPACE:NAME.
  std::string ToUsername() const;
  friend bool operator==(const ServiceAccountName&, const ServiceAccountName&) = default;
};

// Nothing for any other user, and for names that no object can have.
std::optional<ServiceAccountName> ParseServiceAccountUsername(std::string_view username);

}  // namespace signet::auth
