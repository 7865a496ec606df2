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

// Where as many have an end and a window, the end is found by fewer steps.
void ClientIdIndex::AddPlace(uint32_t place, const Frequencies& frequencies) {
  const ClientIdPattern& pattern = open_[place].pattern;
  const auto count_of = [](const TextMap<size_t>& counts, std::string_view end) {
    return end.empty() ? SIZE_MAX : counts.find(end)->second;
  };
  const size_t by_prefix = count_of(frequencies.prefixes, pattern.prefix());
  const size_t by_suffix = count_of(frequencies.suffixes, pattern.suffix());
  std::optional<Window> rarest;
  size_t fewest = std::min(by_prefix, by_suffix);
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
  } else if (fewest == SIZE_MAX) {
    without_text_.push_back(place);
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
  bytes_ += without_text_.capacity() * sizeof(uint32_t);
}

ClientIdIndex::Candidates ClientIdIndex::FindCandidates(std::string_view name) const {
  Candidates candidates;
  // A name may have a window many times; most of those need not be sorted.
  const auto add = [&](const Places& places) {
    const auto last = candidates.end() - std::min<size_t>(candidates.size(), 8);
    if (std::find(last, candidates.end(), &places) == candidates.end()) {
      candidates.push_back(&places);
    }
  };
  const auto look_up = [&](const ByEnd& ends, auto end_of) {
    for (const size_t size : ends.sizes) {
      if (size > name.size()) break;
      const auto places = ends.found.find(end_of(size));
      if (places != ends.found.end()) add(places->second);
    }
  };
  look_up(by_prefix_, [&](size_t size) { return name.substr(0, size); });
  look_up(by_suffix_, [&](size_t size) { return name.substr(name.size() - size); });
  by_window_.LookUp(name, add);
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  candidates.push_back(&without_text_);
  return candidates;
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  if (rules.Intersects(any_)) return true;
  const auto exact = exact_.find(client.client_id);
  if (exact != exact_.end() && rules.Intersects(exact->second)) return true;
  const auto is_met = [&](uint32_t place) {
    return rules.Intersects(open_[place].rules) && open_[place].pattern.Matches(client);
  };
  return std::ranges::any_of(FindCandidates(client.client_id), [&](const Places* places) {
    return std::ranges::any_of(*places, is_met);
  });
}

}  // namespace signet::auth
