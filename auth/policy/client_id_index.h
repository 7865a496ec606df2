// ClientIdIndex: which rules of a policy let a client connect by its name. A pattern is found by
// the text that it begins with, or by the one that it ends with, or by a text wherever that stands
// in the name, or by an attribute that it names: by what the fewest patterns have. Those of '*' and
// the other two tokens alone are looked through one by one. Built once, then only read, by any
// thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "auth/policy/client_id_pattern.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/rules_of_client.h"
#include "auth/policy/token.h"
#include "auth/policy/window_index.h"
#include "core/base/hash.h"

namespace signet::auth {

class ClientIdIndex {
 public:
  ClientIdIndex() = default;
  ClientIdIndex(ClientIdIndex&&) = default;  // No copy: texts of its patterns are borrowed.
  ClientIdIndex& operator=(ClientIdIndex&&) = default;

  // In ascending order of `rule`. No patterns: whatever its name is.
  void Add(const std::vector<std::string>& patterns, uint32_t rule);
  // Once, when all are in.
  void Seal(uint32_t rules);

  // Each pattern is tried at most once. Where some are found by a part of their text, eight
  // instructions are added for each byte of the name and size of such a part (WindowIndex).
  bool Allows(const Client& client, const RulesOfClient& rules) const;

  size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    ClientIdPattern pattern;
    RuleSet rules;
  };
  using Places = std::vector<uint32_t>;  // In `open_`.

  // What is found by the text at one end of a name.
  struct ByEnd {
    void Add(std::string_view end, uint32_t place);
    void Seal();
    // Whether is_met(place) for one whose text is end_of(size).
    template <typename EndOf, typename IsMet>
    bool HasAny(size_t size_of_name, EndOf end_of, IsMet is_met) const;
    size_t bytes() const;

    TextMap<Places> found;
    std::vector<size_t> sizes;  // Of those texts, each once, ascending.
  };

  // How many patterns have it.
  struct Frequencies {
    TextMap<size_t> prefixes, suffixes, attributes;
    std::array<absl::flat_hash_map<uint64_t, size_t>, 4>
        windows;  // By the binary logarithm of their size.
  };

  Frequencies CountAll() const;
  void AddPlace(uint32_t place, const Frequencies& frequencies);
  absl::InlinedVector<uint32_t, 16> FindByWindow(std::string_view name) const;

  RuleSet any_;
  TextMap<RuleSet> exact_;
  std::vector<Entry> open_;  // Patterns with a '*' or a token.
  ByEnd by_prefix_;
  ByEnd by_suffix_;
  WindowIndex by_window_;
  TextMap<Places> by_attribute_;
  Places others_;
  TextMap<size_t> places_;  // Pattern -> place in `open_`; until they are sealed.
  size_t bytes_ = 0;
};

}  // namespace signet::auth
