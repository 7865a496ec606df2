// ClientIdIndex: which rules of a policy let a client connect by its name. Patterns are found by
// the text that they begin with, or else by the one that they end with. Built once, then only read,
// by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/client_id_pattern.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/subject_index.h"
#include "auth/policy/token.h"
#include "core/base/hash.h"

namespace signet::auth {

class ClientIdIndex {
 public:
  // In ascending order of `rule`. No patterns: whatever its name is.
  void Add(const std::vector<std::string>& patterns, uint32_t rule);
  // Once, when all are in.
  void Seal(uint32_t rules);

  bool Allows(const Client& client, const RulesOfClient& rules) const;

  size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    ClientIdPattern pattern;
    RuleSet rules;
  };

  // Patterns with a '*' or a token, by the text at one of their ends.
  struct Open {
    TextMap<std::vector<Entry>> patterns;
    std::vector<size_t> sizes;  // Of those texts, each once, ascending.
  };

  static bool Meets(const RuleSet& set, const RulesOfClient& rules);
  // `end_of(size)` is that much of the client's name, of the end that they are found by.
  template <typename EndOf>
  static bool MeetsIn(const Open& open, const Client& client, const RulesOfClient& rules,
                      EndOf end_of);
  void AddOpen(const std::string& text, ClientIdPattern pattern, uint32_t rule);

  RuleSet any_;
  TextMap<RuleSet> exact_;
  Open by_prefix_;
  Open by_suffix_;          // Those whose prefix is empty, unless the suffix is as well.
  TextMap<size_t> places_;  // Pattern -> position under its text; until they are sealed.
  size_t bytes_ = 0;
};

}  // namespace signet::auth
