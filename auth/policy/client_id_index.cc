#include "auth/policy/client_id_index.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

// How large windows are: each size is another look through a name, so large ones are for patterns
// that more than a few others share their small ones with.
constexpr size_t kSmall = 4;
constexpr size_t kLarge = 8;
constexpr size_t kFew = 16;

}  // namespace

void ClientIdIndex::Add(const std::vector<std::string>& patterns, uint32_t rule) {
  if (patterns.empty()) any_.Add(rule);
  for (const std::string& text : patterns) {
    ClientIdPattern pattern(text);
    if (pattern.is_exact()) {
      exact_[text].Add(rule);
      continue;
    }
    const auto [place, is_new] = places_.try_emplace(text, open_.size());
    if (is_new) open_.push_back({.pattern = std::move(pattern), .rules = {}});
    open_[place->second].rules.Add(rule);
  }
}

void ClientIdIndex::ByEnd::Add(std::string_view end, uint32_t place) {
  found[std::string(end)].push_back(place);
  sizes.push_back(end.size());
}

void ClientIdIndex::ByEnd::Seal() {
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  sizes.shrink_to_fit();
}

size_t ClientIdIndex::ByEnd::bytes() const {
  size_t bytes = BytesOfMap(found) + sizes.capacity() * sizeof(size_t);
  for (const auto& [end, places] : found) bytes += places.capacity() * sizeof(uint32_t);
  return bytes;
}

ClientIdIndex::Frequencies ClientIdIndex::CountAll() const {
  Frequencies frequencies;
  for (const Entry& entry : open_) {
    ++frequencies.prefixes[std::string(entry.pattern.prefix())];
    ++frequencies.suffixes[std::string(entry.pattern.suffix())];
    for (const std::string_view name : entry.pattern.attributes()) {
      ++frequencies.attributes[std::string(name)];
    }
    for (const std::string_view text : entry.pattern.texts()) {
      for (const size_t most : {kSmall, kLarge}) {
        if (most == kLarge && text.size() < kLarge) continue;  // As before.
        for (const Window& window : WindowsOf(text, most)) {
          ++frequencies.windows[window.log2_size][window.bytes];
        }
      }
    }
  }
  return frequencies;
}

// Where as many have an end, an attribute and a window, the first of these is found by the fewest
// steps.
void ClientIdIndex::AddPlace(uint32_t place, const Frequencies& frequencies) {
  const ClientIdPattern& pattern = open_[place].pattern;
  const auto count_of = [](const TextMap<size_t>& counts, std::string_view text) {
    return text.empty() ? SIZE_MAX : counts.find(text)->second;
  };
  const size_t by_prefix = count_of(frequencies.prefixes, pattern.prefix());
  const size_t by_suffix = count_of(frequencies.suffixes, pattern.suffix());
  size_t fewest = std::min(by_prefix, by_suffix);
  std::optional<std::string_view> rarest_name;
  for (const std::string_view name : pattern.attributes()) {
    const size_t by_name = count_of(frequencies.attributes, name);
    if (by_name >= fewest) continue;
    fewest = by_name;
    rarest_name = name;
  }
  std::optional<Window> rarest;
  for (const size_t most : {kSmall, kLarge}) {
    if (fewest <= kFew) break;
    for (const std::string_view text : pattern.texts()) {
      for (const Window& window : WindowsOf(text, most)) {
        const size_t by_window = frequencies.windows[window.log2_size].find(window.bytes)->second;
        if (by_window >= fewest) continue;
        fewest = by_window;
        rarest = window;
      }
    }
  }
  if (rarest) {
    by_window_.Add(*rarest, place);
  } else if (rarest_name) {
    by_attribute_[std::string(*rarest_name)].push_back(place);
  } else if (fewest == SIZE_MAX) {
    others_.push_back(place);
  } else if (by_prefix <= by_suffix) {
    by_prefix_.Add(pattern.prefix(), place);
  } else {
    by_suffix_.Add(pattern.suffix(), place);
  }
}

void ClientIdIndex::Seal(uint32_t rules) {
  places_ = {};
  open_.shrink_to_fit();
  const Frequencies frequencies = CountAll();
  for (uint32_t place = 0; place < open_.size(); ++place) AddPlace(place, frequencies);
  by_prefix_.Seal();
  by_suffix_.Seal();
  by_window_.Seal();
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  seal(&any_);
  bytes_ += BytesOfMap(exact_) + open_.capacity() * sizeof(Entry) + by_prefix_.bytes() +
            by_suffix_.bytes() + by_window_.bytes();
  for (auto& [client_id, set] : exact_) seal(&set);
  for (Entry& entry : open_) {
    seal(&entry.rules);
    bytes_ += entry.pattern.bytes();
  }
  bytes_ += BytesOfMap(by_attribute_) + others_.capacity() * sizeof(uint32_t);
  for (const auto& [name, places] : by_attribute_) bytes_ += places.capacity() * sizeof(uint32_t);
}

template <typename EndOf, typename IsMet>
bool ClientIdIndex::ByEnd::HasAny(size_t size_of_name, EndOf end_of, IsMet is_met) const {
  for (const size_t size : sizes) {
    if (size > size_of_name) break;
    const auto places = found.find(end_of(size));
    if (places != found.end() && std::ranges::any_of(places->second, is_met)) return true;
  }
  return false;
}

// A name may have a text many times, as often as it is long.
absl::InlinedVector<uint32_t, 16> ClientIdIndex::FindByWindow(std::string_view name) const {
  absl::InlinedVector<uint32_t, 16> places;
  size_t enough = 64;
  const auto keep_each_once = [&] {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    enough = std::max(enough, 2 * places.size());
  };
  by_window_.LookUp(name, [&](uint32_t place) {
    if (!places.empty() && places.back() == place) return;
    places.push_back(place);
    if (places.size() == enough) keep_each_once();
  });
  keep_each_once();
  return places;
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  if (rules.Intersects(any_)) return true;
  const std::string_view name = client.client_id;
  const auto exact = exact_.find(name);
  if (exact != exact_.end() && rules.Intersects(exact->second)) return true;
  const auto is_met = [&](uint32_t place) {
    return rules.Intersects(open_[place].rules) && open_[place].pattern.Matches(client);
  };
  const auto is_met_there = [&](uint32_t place) {  // Its text stands in the name.
    return open_[place].pattern.is_anywhere() ? rules.Intersects(open_[place].rules)
                                              : is_met(place);
  };
  const auto prefix = [=](size_t size) { return name.substr(0, size); };
  const auto suffix = [=](size_t size) { return name.substr(name.size() - size); };
  const auto is_met_by = [&](const auto& attribute) {
    const auto places = by_attribute_.find(attribute.first);
    return places != by_attribute_.end() && std::ranges::any_of(places->second, is_met);
  };
  return by_prefix_.HasAny(name.size(), prefix, is_met) ||
         by_suffix_.HasAny(name.size(), suffix, is_met) ||
         std::ranges::any_of(FindByWindow(name), is_met_there) ||
         (!by_attribute_.empty() && std::ranges::any_of(client.principal.attributes, is_met_by)) ||
         std::ranges::any_of(others_, is_met);
}

}  // namespace signet::auth
