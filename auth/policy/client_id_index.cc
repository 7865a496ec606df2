#include "auth/policy/client_id_index.h"

#include <algorithm>
#include <utility>

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

template <typename What>
What& ClientIdIndex::ByEnd<What>::At(std::string_view end) {
  const auto [place, is_new] = found.try_emplace(std::string(end));
  if (is_new) sizes.push_back(end.size());
  return place->second;
}

template <typename What>
void ClientIdIndex::ByEnd<What>::Seal() {
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  sizes.shrink_to_fit();
}

template <typename What>
template <typename EndOf, typename Found>
bool ClientIdIndex::ByEnd<What>::Any(size_t name_size, EndOf end_of, Found is_found) const {
  for (const size_t size : sizes) {
    if (size > name_size) break;
    const auto what = found.find(end_of(size));
    if (what != found.end() && is_found(what->second)) return true;
  }
  return false;
}

void ClientIdIndex::AddOpen(const std::string& text, ClientIdPattern pattern, uint32_t rule) {
  std::vector<Entry>& entries = open_.At(pattern.prefix()).At(pattern.suffix());
  const auto [place, is_new] = places_.try_emplace(text, entries.size());
  if (is_new) entries.push_back({.pattern = std::move(pattern), .rules = {}});
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
  for (auto& [prefix, by_suffix] : open_.found) {
    for (auto& [suffix, entries] : by_suffix.found) {
      entries.shrink_to_fit();
      bytes_ += entries.capacity() * sizeof(Entry);
      for (Entry& entry : entries) {
        seal(&entry.rules);
        bytes_ += entry.pattern.bytes();
      }
    }
    by_suffix.Seal();
    bytes_ += by_suffix.bytes();
  }
  open_.Seal();
  bytes_ += BytesOfMap(exact_) + open_.bytes();
}

bool ClientIdIndex::Meets(const RuleSet& set, const RulesOfClient& rules) {
  return std::ranges::any_of(rules,
                             [&](const RuleSet* of_client) { return of_client->Intersects(set); });
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  const std::string_view name = client.client_id;
  if (Meets(any_, rules)) return true;
  const auto exact = exact_.find(name);
  if (exact != exact_.end() && Meets(exact->second, rules)) return true;
  const auto is_met = [&](const Entry& entry) {
    return Meets(entry.rules, rules) && entry.pattern.Matches(client);
  };
  const auto end = [&](size_t size) { return name.substr(name.size() - size); };
  return open_.Any(
      name.size(), [&](size_t size) { return name.substr(0, size); },
      [&](const BySuffix& by_suffix) {
        return by_suffix.Any(name.size(), end, [&](const std::vector<Entry>& entries) {
          return std::ranges::any_of(entries, is_met);
        });
      });
}

}  // namespace signet::auth
