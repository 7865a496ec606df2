// What a service account token says about whose it is: its claim kubernetes.io. Read, and not
// believed. The older tokens out of Secrets have other claims, and none of these.
#pragma once

#include <optional>
#include <string>

#include "auth/jwt/compact_jws.h"
#include "auth/kubernetes/names.h"

namespace signet::auth {

// Empty texts stand for what is not there.
struct ObjectClaim {
  std::string name;
  std::string uid;
};

struct KubernetesClaims {
  std::string namespace_name;
  ObjectClaim service_account;
  ObjectClaim pod;   // To which the token is bound, and with which it ends.
  ObjectClaim node;  // Likewise.

  // Whose token it is, if that is said and could be so.
  std::optional<ServiceAccountName> account() const;
};

// All empty if there is no claim kubernetes.io; a flaw if it is not as Kubernetes makes it.
Expected<KubernetesClaims, TokenFlaw> ReadKubernetesClaims(JsonObject payload);

}  // namespace signet::auth
