#include "auth/kubernetes/service_account.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "auth/json/json_document.h"
#include "simdjson.h"

namespace signet::auth {
namespace {

Unavailable Unreadable(std::string_view what) {
  return {.why = fmt::format("the API server's ServiceAccount {}", what)};
}

using AttributeMap = std::map<std::string_view, std::string_view>;

// False if one of them is no text.
bool Collect(JsonObject annotations, std::string_view prefix, AttributeMap* attributes) {
  for (const auto& [key, value] : annotations.members()) {
    if (!key.starts_with(prefix) || key.size() == prefix.size()) continue;
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    attributes->emplace(key.substr(prefix.size()), text);  // What is there already stays.
  }
  return true;
}

ServiceAccountOutcome ToAttributes(const AttributeMap& map) {
  size_t bytes = 0;
  Attributes attributes;
  for (const auto& [name, value] : map) {
    bytes += name.size() + value.size();
    attributes.emplace_back(name, value);
  }
  if (attributes.size() > kMaxAttributes || bytes > kMaxAttributeBytes) {
    return Denied{.rule = "the service account has too many attributes, or too long ones"};
  }
  return attributes;
}

struct Metadata {
  std::optional<std::string_view> namespace_name;
  std::optional<std::string_view> name;
  std::optional<std::string_view> uid;
  std::optional<JsonObject> annotations;

  bool Read(JsonObject metadata) {
    return metadata.Read("namespace", &namespace_name) && metadata.Read("name", &name) &&
           metadata.Read("uid", &uid) && metadata.Read("annotations", &annotations);
  }
};

}  // namespace

std::string ServiceAccountPath(const ServiceAccountName& name) {
  return fmt::format("/api/v1/namespaces/{}/serviceaccounts/{}", name.namespace_name, name.name);
}

ServiceAccountOutcome ReadServiceAccount(std::string_view body, const ServiceAccountName& name,
                                         std::string_view uid) {
  const auto document = JsonDocument::Read(body, kMaxServiceAccountBytes);
  if (!document) return Unreadable(document.error().what);
  const JsonObject root = document->root();
  std::optional<std::string_view> kind;
  std::optional<JsonObject> object;
  if (!root.Read("kind", &kind) || kind != "ServiceAccount" || !root.Read("metadata", &object) ||
      !object) {
    return Unreadable("is none");
  }
  Metadata metadata;
  if (!metadata.Read(*object) || !metadata.uid) {
    return Unreadable("has metadata that are not as they should be");
  }
  if (metadata.namespace_name != name.namespace_name || metadata.name != name.name) {
    return Unreadable("is not the one that was asked for");
  }
  if (*metadata.uid != uid) return Denied{.rule = "the token's service account is gone"};
  AttributeMap attributes;
  if (metadata.annotations &&
      (!Collect(*metadata.annotations, kAttributePrefix, &attributes) ||
       !Collect(*metadata.annotations, kOlderAttributePrefix, &attributes))) {
    return Unreadable("has an annotation that is no text");
  }
  return ToAttributes(attributes);
}

bool IsNotFound(std::string_view body) {
  const auto document = JsonDocument::Read(body, kMaxServiceAccountBytes);
  if (!document) return false;
  const JsonObject root = document->root();
  std::optional<std::string_view> kind;
  std::optional<std::string_view> reason;
  std::optional<JsonObject> details;
  std::optional<std::string_view> what;
  return root.Read("kind", &kind) && kind == "Status" && root.Read("reason", &reason) &&
         reason == "NotFound" && root.Read("details", &details) && details &&
         details->Read("kind", &what) && what == "serviceaccounts";
}

}  // namespace signet::auth
