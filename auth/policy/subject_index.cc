#include "auth/policy/subject_index.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

void AddNames(const std::vector<std::string>& names, uint32_t rule, TextMap<RuleSet>* sets) {
  for (const std::string& name : names) {
    if (!name.empty()) (*sets)[name].Add(rule);  // Empty is who has none.
  }
}

}  // namespace

SubjectIndex::SubjectIndex(const std::vector<config::AuthorizationRule>& rules)
    : attributes_(rules) {
  for (uint32_t i = 0; i < rules.size(); ++i) {
    AddNames(rules[i].principals.usernames, i, &usernames_);
    AddNames(rules[i].principals.client_ids, i, &client_ids_);
  }
  bytes_ = attributes_.bytes();
  for (TextMap<RuleSet>* sets : {&usernames_, &client_ids_}) {
    bytes_ += BytesOfMap(*sets);
    for (auto& [name, set] : *sets) {
      set.Seal(static_cast<uint32_t>(rules.size()));
      bytes_ += set.bytes();
    }
  }
}

RulesOfClient SubjectIndex::Find(const Client& client) const {
  RulesOfClient found;
  const auto look_up = [&](const TextMap<RuleSet>& sets, std::string_view name) {
    const auto set = sets.find(name);
    if (set != sets.end()) found.Add(set->second);
  };
  if (!usernames_.empty()) look_up(usernames_, client.principal.username);
  if (!client_ids_.empty()) look_up(client_ids_, client.client_id);
  attributes_.Find(client.principal.attributes, &found);
  found.Seal();
  return found;
}

}  // namespace signet::auth
