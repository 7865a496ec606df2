// ClientIdIndex: which rules of a policy let a client connect by its name. Patterns are found by
// the text that they begin with, and among those by the one that they end with; those that have
// neither, such as *-N-*, one by one. Built once, then only read, by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/client_id_pattern.h"
#include "auth/policy/memory.h"
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

  // What is found by the text at one end of a name.
  template <typename What>
  struct ByEnd {
    What& At(std::string_view end);
    // Calls found(What&) until it says true; `end_of(size)` is that much of the name.
    template <typename EndOf, typename Found>
    bool Any(size_t name_size, EndOf end_of, Found found) const;
    void Seal();
    size_t bytes() const { return BytesOfMap(found) + sizes.capacity() * sizeof(size_t); }

    TextMap<What> found;
    std::vector<size_t> sizes;  // Of those texts, each once, ascending.
  };
  using BySuffix = ByEnd<std::vector<Entry>>;

  static bool Meets(const RuleSet& set, const RulesOfClient& rules);
  void AddOpen(const std::string& text, ClientIdPattern pattern, uint32_t rule);

  RuleSet any_;
  TextMap<RuleSet> exact_;
  ByEnd<BySuffix> open_;    // Patterns with a '*' or a token.
  TextMap<size_t> places_;  // Pattern -> position under its text; until they are sealed.
  size_t bytes_ = 0;
};

}  // namespace signet::auth
