#include "auth/policy/subject_index.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

// How many shapes have a name.
using Frequencies = std::map<std::string_view, size_t>;

const std::string& RarestOf(const std::vector<std::string>& names, const Frequencies& frequencies) {
  return *std::ranges::min_element(
      names, {}, [&](const std::string& name) { return frequencies.find(name)->second; });
}

// With its size, so that no two lists of values have the same key.
void AppendValue(std::string_view value, std::string* key) {
  *key += std::to_string(value.size());
  *key += ':';
  *key += value;
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
  std::map<std::vector<std::string>, TextMap<RuleSet>> shapes;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    for (const config::TextByName& map : rules[i].principals.attributes) {
      if (map.empty()) continue;  // All of no pairs would be everybody's.
      std::vector<std::string> names;
      std::string key;
      for (const auto& [name, value] : map) {
        names.push_back(name);
        AppendValue(value, &key);
      }
      shapes[std::move(names)][key].Add(i);
    }
  }
  Frequencies frequencies;
  for (const auto& [names, sets] : shapes) {
    for (const std::string& name : names) ++frequencies[name];
  }
  for (auto& [names, sets] : shapes) {
    shapes_[RarestOf(names, frequencies)].push_back({.names = names, .rules = std::move(sets)});
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
  bytes_ += BytesOfMap(shapes_);
  for (auto& [name, shapes] : shapes_) {
    shapes.shrink_to_fit();
    bytes_ += shapes.capacity() * sizeof(Shape);
    for (Shape& shape : shapes) {
      bytes_ += shape.names.capacity() * sizeof(std::string) + BytesOfMap(shape.rules);
      for (const std::string& each : shape.names) bytes_ += BytesOf(each);
      for (auto& [key, set] : shape.rules) seal(&set);
    }
  }
}

const RuleSet* SubjectIndex::FindIn(const Shape& shape, const Principal& principal) {
  std::string key;
  for (const std::string& name : shape.names) {
    const std::optional<std::string_view> value = AttributeOf(principal, name);
    if (!value) return nullptr;
    AppendValue(*value, &key);
  }
  const auto set = shape.rules.find(key);
  return set == shape.rules.end() ? nullptr : &set->second;
}

RulesOfClient SubjectIndex::Find(const Client& client) const {
  RulesOfClient found;
  const auto look_up = [&](const TextMap<RuleSet>& sets, std::string_view name) {
    const auto set = sets.find(name);
    if (set != sets.end()) found.push_back(&set->second);
  };
  if (!usernames_.empty()) look_up(usernames_, client.principal.username);
  if (!client_ids_.empty()) look_up(client_ids_, client.client_id);
  if (shapes_.empty()) return found;
  for (const auto& [name, value] : client.principal.attributes) {
    const auto shapes = shapes_.find(name);
    if (shapes == shapes_.end()) continue;
    for (const Shape& shape : shapes->second) {
      if (const RuleSet* set = FindIn(shape, client.principal)) found.push_back(set);
    }
  }
  return found;
}

}  // namespace signet::auth
