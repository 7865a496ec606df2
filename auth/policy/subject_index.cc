#include "auth/policy/subject_index.h"

#include <algorithm>
#include <map>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

using Pair = config::TextByName::value_type;

// How many of the different maps have a pair.
using Frequencies = std::map<Pair, size_t>;

const Pair& RarestOf(const config::TextByName& map, const Frequencies& frequencies) {
  return *std::ranges::min_element(
      map, {}, [&](const Pair& pair) { return frequencies.find(pair)->second; });
}

bool HasAll(const Principal& principal,
            const std::vector<std::pair<std::string, std::string>>& pairs) {
  return std::ranges::all_of(
      pairs, [&](const auto& pair) { return AttributeOf(principal, pair.first) == pair.second; });
}

void AddNames(const std::vector<std::string>& names, uint32_t rule, TextMap<RuleSet>* sets) {
  for (const std::string& name : names) {
    if (!name.empty()) (*sets)[name].Add(rule);  // Empty is who has none.
  }
}

}  // namespace

SubjectIndex::SubjectIndex(const std::vector<config::AuthorizationRule>& rules) {
  for (uint32_t i = 0; i < rules.size(); ++i) {
    AddNames(rules[i].principals.usernames, i, &usernames_);
    AddNames(rules[i].principals.client_ids, i, &client_ids_);
  }
  AddMaps(rules);
  Seal(static_cast<uint32_t>(rules.size()));
}

void SubjectIndex::AddMaps(const std::vector<config::AuthorizationRule>& rules) {
  std::map<config::TextByName, RuleSet> sets;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    for (const config::TextByName& map : rules[i].principals.attributes) {
      if (!map.empty()) sets[map].Add(i);  // All of no pairs would be everybody's.
    }
  }
  Frequencies frequencies;
  for (const auto& [map, set] : sets) {
    for (const Pair& pair : map) ++frequencies[pair];
  }
  for (auto& [map, set] : sets) {
    const Pair& found_by = RarestOf(map, frequencies);
    Map& entry = maps_[found_by.first][found_by.second].emplace_back();
    for (const Pair& pair : map) {
      if (pair != found_by) entry.rest.emplace_back(pair);
    }
    entry.rules = std::move(set);
  }
}

void SubjectIndex::Seal(uint32_t rules) {
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  for (TextMap<RuleSet>* sets : {&usernames_, &client_ids_}) {
    bytes_ += BytesOfMap(*sets);
    for (auto& [name, set] : *sets) seal(&set);
  }
  bytes_ += BytesOfMap(maps_);
  for (auto& [name, values] : maps_) {
    bytes_ += BytesOfMap(values);
    for (auto& [value, maps] : values) {
      maps.shrink_to_fit();
      bytes_ += maps.capacity() * sizeof(Map);
      for (Map& map : maps) {
        seal(&map.rules);
        bytes_ += map.rest.capacity() * sizeof(Pair);
        for (const auto& pair : map.rest) bytes_ += BytesOf(pair.first) + BytesOf(pair.second);
      }
    }
  }
}

RulesOfClient SubjectIndex::Find(const Client& client) const {
  RulesOfClient found;
  const auto look_up = [&](const TextMap<RuleSet>& sets, std::string_view name) {
    const auto set = sets.find(name);
    if (set != sets.end()) found.push_back(&set->second);
  };
  if (!usernames_.empty()) look_up(usernames_, client.principal.username);
  if (!client_ids_.empty()) look_up(client_ids_, client.client_id);
  if (maps_.empty()) return found;
  for (const auto& [name, value] : client.principal.attributes) {
    const auto values = maps_.find(name);
    if (values == maps_.end()) continue;
    const auto maps = values->second.find(value);
    if (maps == values->second.end()) continue;
    for (const Map& map : maps->second) {
      if (HasAll(client.principal, map.rest)) found.push_back(&map.rules);
    }
  }
  return found;
}

}  // namespace signet::auth
