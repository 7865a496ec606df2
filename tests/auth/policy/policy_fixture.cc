#include "tests/auth/policy/policy_fixture.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/check.h"
#include "tests/core/config/load.h"

namespace signet::auth {

config::BrokerAuthorization ReadPolicies(std::string_view policies) {
  const config::LoadResult result = config::Load(
      fmt::format("{{apiVersion: {}, kind: BrokerAuthorization, metadata: {{name: plant}}, spec: "
                  "{{authorizationPolicies: {{\n{}\n}}}}}}\n",
                  config::kGroup, policies));
  CHECK(result.configuration.has_value());
  return result.configuration->authorizations.at("plant");
}

config::BrokerAuthorization ReadRules(std::string_view rules) {
  return ReadPolicies(fmt::format("rules: [{}]", rules));
}

std::shared_ptr<const AccessPolicy> PolicyOf(std::string_view rules) {
  return AccessPolicy::Compile(ReadRules(rules));
}

Principal Somebody::principal() const {
  Principal principal;
  principal.username = username;
  principal.method = "Custom";
  principal.attributes = attributes;
  std::ranges::sort(principal.attributes);
  return principal;
}

bool Allows(const AccessPolicy& policy, const Somebody& who, Action action,
            std::string_view topic) {
  const Principal principal = who.principal();
  const Client client{.principal = principal, .client_id = who.client_id};
  const bool allowed = policy.Allows(client, action, topic);
  const Explanation explanation = policy.Explain(client, action, topic);
  CHECK(explanation.allowed == allowed);
  CHECK(!explanation.sentence.empty());
  return allowed;
}

}  // namespace signet::auth
