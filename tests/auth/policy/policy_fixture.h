// Policies and clients of tests, in few words.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/policy/access_policy.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/config/authorization.h"

namespace signet::auth {

// A BrokerAuthorization `plant` in a.yaml, whose policies are this, in flow style, on lines of its
// own from line 2 on.
config::BrokerAuthorization ReadPolicies(std::string_view policies);
// The same with `rules: [` before and `]` behind it.
config::BrokerAuthorization ReadRules(std::string_view rules);

std::shared_ptr<const AccessPolicy> PolicyOf(std::string_view rules);

// A client, as it was proven.
struct Somebody {
  std::string client_id;
  std::string username;
  Attributes attributes;

  Principal principal() const;
};

// What the policy says, twice: compiled, and by asking each rule; they must agree.
bool Allows(const AccessPolicy& policy, const Somebody& who, Action action, std::string_view topic);
inline bool Connects(const AccessPolicy& policy, const Somebody& who) {
  return Allows(policy, who, Action::kConnect, {});
}
inline bool Publishes(const AccessPolicy& policy, const Somebody& who, std::string_view topic) {
  return Allows(policy, who, Action::kPublish, topic);
}
inline bool Subscribes(const AccessPolicy& policy, const Somebody& who, std::string_view filter) {
  return Allows(policy, who, Action::kSubscribe, filter);
}

}  // namespace signet::auth
