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
  const bool has_prefix = !pattern.prefix().empty() || pattern.suffix().empty();
  Open& open = has_prefix ? by_prefix_ : by_suffix_;
  const std::string end(has_prefix ? pattern.prefix() : pattern.suffix());
  std::vector<Entry>& entries = open.patterns[end];
  const auto [place, is_new] = places_.try_emplace(text, entries.size());
  if (is_new) {
    open.sizes.push_back(end.size());
    entries.push_back({.pattern = std::move(pattern), .rules = {}});
  }
  entries[place->second].rules.Add(rule);
}

void ClientIdIndex::Seal(uint32_t rules) {
  places_ = {};
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  seal(&any_);
  for (auto& [client_id, set] : exact_) seal(&set);
  bytes_ += BytesOfMap(exact_);
  for (Open* open : {&by_prefix_, &by_suffix_}) {
    std::vector<size_t>& sizes = open->sizes;
    std::ranges::sort(sizes);
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    sizes.shrink_to_fit();
    bytes_ += BytesOfMap(open->patterns) + sizes.capacity() * sizeof(size_t);
    for (auto& [end, entries] : open->patterns) {
      entries.shrink_to_fit();
      bytes_ += entries.capacity() * sizeof(Entry);
      for (Entry& entry : entries) {
        seal(&entry.rules);
        bytes_ += entry.pattern.bytes();
      }
    }
  }
}

bool ClientIdIndex::Meets(const RuleSet& set, const RulesOfClient& rules) {
  return std::ranges::any_of(rules,
                             [&](const RuleSet* of_client) { return of_client->Intersects(set); });
}

template <typename EndOf>
bool ClientIdIndex::MeetsIn(const Open& open, const Client& client, const RulesOfClient& rules,
                            EndOf end_of) {
  for (const size_t size : open.sizes) {
    if (size > client.client_id.size()) break;
    const auto entries = open.patterns.find(end_of(size));
    if (entries == open.patterns.end()) continue;
    for (const Entry& entry : entries->second) {
      if (Meets(entry.rules, rules) && entry.pattern.Matches(client)) return true;
    }
  }
  return false;
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  const std::string_view name = client.client_id;
  if (Meets(any_, rules)) return true;
  const auto exact = exact_.find(name);
  if (exact != exact_.end() && Meets(exact->second, rules)) return true;
  return MeetsIn(by_prefix_, client, rules, [&](size_t size) { return name.substr(0, size); }) ||
         MeetsIn(by_suffix_, client, rules,
                 [&](size_t size) { return name.substr(name.size() - size); });
}

}  // namespace signet::auth
