#include "auth/kubernetes/kubernetes_claims.h"

namespace signet::auth {
namespace {

bool ReadText(JsonObject object, std::string_view name, std::string* text) {
  std::optional<std::string_view> value;
  if (!object.Read(name, &value)) return false;
  if (value) *text = *value;
  return true;
}

bool ReadObject(JsonObject claim, std::string_view name, ObjectClaim* object) {
  std::optional<JsonObject> value;
  if (!claim.Read(name, &value)) return false;
  return !value ||
         (ReadText(*value, "name", &object->name) && ReadText(*value, "uid", &object->uid));
}

}  // namespace

std::optional<ServiceAccountName> KubernetesClaims::account() const {
  if (!IsDnsLabel(namespace_name) || !IsDnsSubdomain(service_account.name)) return std::nullopt;
  return ServiceAccountName{.namespace_name = namespace_name, .name = service_account.name};
}

Expected<KubernetesClaims, TokenFlaw> ReadKubernetesClaims(JsonObject payload) {
  constexpr TokenFlaw kFlaw{"the claim kubernetes.io is not as Kubernetes makes it"};
  KubernetesClaims claims;
  std::optional<JsonObject> claim;
  if (!payload.Read("kubernetes.io", &claim)) return kFlaw;
  if (!claim) return claims;
  if (!ReadText(*claim, "namespace", &claims.namespace_name) ||
      !ReadObject(*claim, "serviceaccount", &claims.service_account) ||
      !ReadObject(*claim, "pod", &claims.pod) || !ReadObject(*claim, "node", &claims.node)) {
    return kFlaw;
  }
  return claims;
}

}  // namespace signet::auth
