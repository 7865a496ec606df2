// SubjectIndex: whom the rules of a policy are for. A rule is for a client that one of its lists
// names: by username, by Client Identifier, or by all attributes of one map. Built once, then only
// read, by any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "auth/policy/attribute_index.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/rules_of_client.h"
#include "auth/policy/token.h"
#include "core/base/hash.h"
#include "core/config/authorization.h"

namespace signet::auth {

class SubjectIndex {
 public:
  explicit SubjectIndex(const std::vector<config::AuthorizationRule>& rules);

  RulesOfClient Find(const Client& client) const;
  size_t bytes() const { return bytes_; }

 private:
  TextMap<RuleSet> usernames_;
  TextMap<RuleSet> client_ids_;
  AttributeIndex attributes_;
  size_t bytes_ = 0;
};

}  // namespace signet::auth
