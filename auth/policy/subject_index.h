// SubjectIndex: whom the rules of a policy are for. A rule is for a client that one of its lists
// names: by username, by Client Identifier, or by all attributes of one map. Built once, then only
// read, by any thread.
//
// Maps with the same names are one shape, in which the client's values are looked up together,
// however many maps there are. A shape is found by the one of its names that the fewest shapes
// have: a client looks only at shapes of which it has that attribute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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
  struct Shape {
    std::vector<std::string> names;
    TextMap<RuleSet> rules;  // By the values of the names, as one key.
  };

  void AddMaps(const std::vector<config::AuthorizationRule>& rules);
  void Seal(uint32_t rules);
  static const RuleSet* FindIn(const Shape& shape, const Principal& principal);

  TextMap<RuleSet> usernames_;
  TextMap<RuleSet> client_ids_;
  TextMap<std::vector<Shape>> shapes_;
  size_t bytes_ = 0;
};

}  // namespace signet::auth
