// SubjectIndex: whom the rules of a policy are for. A rule is for a client that one of its lists
// names: by username, by Client Identifier, or by all attributes of one map. Built once, then only
// read, by any thread.
//
// Equal maps are kept once, under the one of their pairs that the fewest maps have: a client looks
// only at maps of which it has that pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/token.h"
#include "core/base/hash.h"
#include "core/config/authorization.h"

namespace signet::auth {

// The rules that are for one client, as the union of sets. Borrows from the index.
using RulesOfClient = absl::InlinedVector<const RuleSet*, 16>;

class SubjectIndex {
 public:
  explicit SubjectIndex(const std::vector<config::AuthorizationRule>& rules);

  RulesOfClient Find(const Client& client) const;
  size_t bytes() const { return bytes_; }

 private:
  struct Map {
    std::vector<std::pair<std::string, std::string>> rest;  // Without the pair it is found by.
    RuleSet rules;
  };

  void AddMaps(const std::vector<config::AuthorizationRule>& rules);
  void Seal(uint32_t rules);

  TextMap<RuleSet> usernames_;
  TextMap<RuleSet> client_ids_;
  TextMap<TextMap<std::vector<Map>>> maps_;  // By name and value.
  size_t bytes_ = 0;
};

}  // namespace signet::auth
