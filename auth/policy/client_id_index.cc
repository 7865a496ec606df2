#include "auth/policy/client_id_index.h"

#include <algorithm>
#include <utility>

#include "auth/policy/memory.h"

namespace signet::auth {

void ClientIdIndex::Add(const std::vector<std::string>& patterns, uint32_t rule) {
  if (patterns.empty()) any_.Add(rule);
  for (const std::string& text : patterns) {
    ClientIdPattern pattern(text);
    if (pattern.is_exact()) {
      exact_[text].Add(rule);
    } else {
      AddOpen(text, std::move(pattern), rule);
    }
  }
}

void ClientIdIndex::AddOpen(const std::string& text, ClientIdPattern pattern, uint32_t rule) {
  std::vector<Entry>& entries = open_[std::string(pattern.prefix())];
  const auto [place, is_new] = places_.try_emplace(text, entries.size());
  if (is_new) {
    prefix_sizes_.push_back(pattern.prefix().size());
    entries.push_back({.pattern = std::move(pattern), .rules = {}});
  }
  entries[place->second].rules.Add(rule);
}

void ClientIdIndex::Seal(uint32_t rules) {
  places_ = {};
  std::ranges::sort(prefix_sizes_);
  prefix_sizes_.erase(std::unique(prefix_sizes_.begin(), prefix_sizes_.end()), prefix_sizes_.end());
  prefix_sizes_.shrink_to_fit();
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  seal(&any_);
  for (auto& [client_id, set] : exact_) seal(&set);
  for (auto& [prefix, entries] : open_) {
    entries.shrink_to_fit();
    bytes_ += entries.capacity() * sizeof(Entry);
    for (Entry& entry : entries) {
      seal(&entry.rules);
      bytes_ += entry.pattern.bytes();
    }
  }
  bytes_ += BytesOfMap(exact_) + BytesOfMap(open_) + prefix_sizes_.capacity() * sizeof(size_t);
}

bool ClientIdIndex::Meets(const RuleSet& set, const RulesOfClient& rules) {
  return std::ranges::any_of(rules,
                             [&](const RuleSet* of_client) { return of_client->Intersects(set); });
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  if (Meets(any_, rules)) return true;
  const auto exact = exact_.find(client.client_id);
  if (exact != exact_.end() && Meets(exact->second, rules)) return true;
  for (const size_t size : prefix_sizes_) {
    if (size > client.client_id.size()) break;
    const auto entries = open_.find(client.client_id.substr(0, size));
    if (entries == open_.end()) continue;
    for (const Entry& entry : entries->second) {
      if (Meets(entry.rules, rules) && entry.pattern.Matches(client)) return true;
    }
  }
  return false;
}

}  // namespace signet::auth
