// A ServiceAccount object (core/v1): where it is, and what its annotations give to who connects as
// it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "auth/kubernetes/names.h"
#include "auth/method.h"
#include "core/access/principal.h"

namespace signet::auth {

// Annotations with this prefix are attributes; the older one counts where the newer is silent.
inline constexpr std::string_view kAttributePrefix = "aio-broker-auth/";
inline constexpr std::string_view kOlderAttributePrefix = "aio-mq-broker-auth/";

// What etcd stores at most of one object is 1.5 MiB.
inline constexpr size_t kMaxServiceAccountBytes = 2 * 1024 * 1024;
// Each connection keeps its attributes. With more, nobody gets in as this account, and the log says
// why: leaving some out might widen what a rule allows.
inline constexpr size_t kMaxAttributes = 128;
inline constexpr size_t kMaxAttributeBytes = 16 * 1024;  // Names and values together.

std::string ServiceAccountPath(const ServiceAccountName& name);

using ServiceAccountOutcome = std::variant<Attributes, Denied, Unavailable>;

// Reads the body of an answer 200. `uid` is of whom the token was for: another account of the same
// name, made after that one was deleted, is Denied.
ServiceAccountOutcome ReadServiceAccount(std::string_view body, const ServiceAccountName& name,
                                         std::string_view uid);

// Whether the body of an answer 404 is the API server's own word that there is no such account, and
// not that of a proxy in front of it, or of another server, that does not know the path.
bool IsNotFound(std::string_view body);

}  // namespace signet::auth
