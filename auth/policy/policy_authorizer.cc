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
                              std::string_view topic, const Manner& manner) {
  ++decided_;
  const bool may_remember = principal.stamp != 0 && action != Action::kConnect &&
                            (policy_ == nullptr || policy_->may_remember());
  // Nothing but a token's rights turns on the manner.
  const DecisionMemo::Question question{.stamp = principal.stamp,
                                        .action = action,
                                        .manner = principal.rights != nullptr ? manner : Manner{},
                                        .topic = topic};
  if (may_remember) {
    if (const std::optional<bool> known = memo_.Find(question)) {
      ++remembered_;
      return *known;
    }
  }
  const Client client{.principal = principal, .client_id = client_id};
  const bool allowed = Decide(policy_.get(), client, action, topic, manner);
  if (may_remember) memo_.Remember(question, allowed);
  return allowed;
}

Explanation PolicyAuthorizer::Explain(const Principal& principal, std::string_view client_id,
                                      Action action, std::string_view topic,
                                      const Manner& manner) const {
  const Client client{.principal = principal, .client_id = client_id};
  return ExplainDecision(policy_.get(), client, action, topic, manner);
}

std::string PolicyAuthorizer::Reason(const Principal& principal, std::string_view client_id,
                                     Action action, std::string_view topic,
                                     const Manner& manner) const {
  return Explain(principal, client_id, action, topic, manner).sentence;
}

}  // namespace signet::auth
