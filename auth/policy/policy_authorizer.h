// PolicyAuthorizer: the Authorizer of one port on one shard, by a policy that all shards share.
// Remembers decisions, unless the policy says `cache: Disabled`. On its shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/policy/access_policy.h"
#include "auth/policy/decision_memo.h"
#include "auth/policy/explanation.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"

namespace signet::auth {

class PolicyAuthorizer : public Authorizer {
 public:
  // `policy`: null where the port has none; then what a credential says is still heard
  // (auth/policy/decision.h).
  explicit PolicyAuthorizer(std::shared_ptr<const AccessPolicy> policy,
                            size_t remembered = DecisionMemo::kDefaultEntries);

  // From the next decision on, and none that was remembered outlives it. Between two turns.
  void SetPolicy(std::shared_ptr<const AccessPolicy> policy);
  const AccessPolicy* policy() const { return policy_.get(); }

  // Connect is asked once for each client and not remembered. Nor is what is decided about a
  // Principal without a stamp, nor about one that was not proven at all.
  bool Allows(const Principal& principal, std::string_view client_id, Action action,
              std::string_view topic, const Manner& manner) override;
  // The same decision and the reason for it, never from memory.
  Explanation Explain(const Principal& principal, std::string_view client_id, Action action,
                      std::string_view topic, const Manner& manner) const;
  // Its sentence.
  std::string Reason(const Principal& principal, std::string_view client_id, Action action,
                     std::string_view topic, const Manner& manner) const override;

  // Of the decisions since it was made, how many were remembered ones.
  uint64_t decided() const { return decided_; }
  uint64_t remembered() const { return remembered_; }

 private:
  std::shared_ptr<const AccessPolicy> policy_;
  DecisionMemo memo_;
  uint64_t decided_ = 0;
  uint64_t remembered_ = 0;
};

}  // namespace signet::auth
