#include "auth/policy/policy_authorizer.h"

#include <optional>
#include <utility>

#include "auth/policy/decision.h"

namespace signet::auth {

PolicyAuthorizer::PolicyAuthorizer(std::shared_ptr<const AccessPolicy> policy, size_t remembered)
    : policy_(std::move(policy)), memo_(remembered) {}

void PolicyAuthorizer::SetPolicy(std::shared_ptr<const AccessPolicy> policy) {
  policy_ = std::move(policy);
  memo_.Forget();
}

bool PolicyAuthorizer::Allows(const Principal& principal, std::string_view client_id, Action action,
                              std::string_view topic) {
  ++decided_;
  const bool may_remember = principal.stamp != 0 && action != Action::kConnect &&
                            (policy_ == nullptr || policy_->may_remember());
  if (may_remember) {
    if (const std::optional<bool> known = memo_.Find(principal.stamp, action, topic)) {
      ++remembered_;
      return *known;
    }
  }
  const Client client{.principal = principal, .client_id = client_id};
  const bool allowed = Decide(policy_.get(), client, action, topic);
  if (may_remember) memo_.Remember(principal.stamp, action, topic, allowed);
  return allowed;
}

Explanation PolicyAuthorizer::Explain(const Principal& principal, std::string_view client_id,
                                      Action action, std::string_view topic) const {
  const Client client{.principal = principal, .client_id = client_id};
  return ExplainDecision(policy_.get(), client, action, topic);
}

std::string PolicyAuthorizer::Reason(const Principal& principal, std::string_view client_id,
                                     Action action, std::string_view topic) const {
  return Explain(principal, client_id, action, topic).sentence;
}

}  // namespace signet::auth
