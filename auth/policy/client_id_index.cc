#include "auth/policy/client_id_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

uint64_t WordAt(std::string_view text, size_t at, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, size);
  return word;
}

// Calls found(what) for each window of the name that is in the map; of a size that a compiler
// knows.
template <size_t kSize, typename Map, typename Found>
void LookUpWindows(std::string_view name, const Map& map, Found found) {
  if (map.empty()) return;
  for (size_t at = 0; at + kSize <= name.size(); ++at) {
    const auto what = map.find(WordAt(name, at, kSize));
    if (what != map.end()) found(what->second);
  }
}

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

// Of a long text those at its beginning will do; while a policy is compiled each takes some memory.
std::vector<ClientIdIndex::Window> ClientIdIndex::WindowsOf(std::string_view text) {
  constexpr size_t kEnough = 64;
  text = text.substr(0, kEnough);
  const size_t size = std::bit_floor(std::min<size_t>(text.size(), 8));
  std::vector<Window> windows;
  for (size_t at = 0; at + size <= text.size(); ++at) {
    windows.push_back({.log2_size = static_cast<size_t>(std::countr_zero(size)),
                       .bytes = WordAt(text, at, size)});
  }
  return windows;
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
      for (const Window& window : WindowsOf(text)) {
        ++frequencies.windows[window.log2_size][window.bytes];
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
  for (const std::string_view text : pattern.texts()) {
    for (const Window& window : WindowsOf(text)) {
      const size_t by_window = frequencies.windows[window.log2_size].find(window.bytes)->second;
      if (by_window >= fewest) continue;
      fewest = by_window;
      rarest = window;
    }
  }
  if (rarest) {
    by_window_[rarest->log2_size][rarest->bytes].push_back(place);
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
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  seal(&any_);
  bytes_ += BytesOfMap(exact_) + open_.capacity() * sizeof(Entry) + by_prefix_.bytes() +
            by_suffix_.bytes();
  for (auto& [client_id, set] : exact_) seal(&set);
  for (Entry& entry : open_) {
    seal(&entry.rules);
    bytes_ += entry.pattern.bytes();
  }
  for (const auto& found : by_window_) {
    bytes_ += found.capacity() * (sizeof(uint64_t) + sizeof(Places) + 1);
    for (const auto& [bytes, places] : found) bytes_ += places.capacity() * sizeof(uint32_t);
  }
  bytes_ += without_text_.capacity() * sizeof(uint32_t);
}

ClientIdIndex::Candidates ClientIdIndex::FindCandidates(std::string_view name) const {
  Candidates candidates;
  const auto add = [&](const Places& places) { candidates.push_back(&places); };
  const auto look_up = [&](const ByEnd& ends, auto end_of) {
    for (const size_t size : ends.sizes) {
      if (size > name.size()) break;
      const auto places = ends.found.find(end_of(size));
      if (places != ends.found.end()) add(places->second);
    }
  };
  look_up(by_prefix_, [&](size_t size) { return name.substr(0, size); });
  look_up(by_suffix_, [&](size_t size) { return name.substr(name.size() - size); });
  LookUpWindows<1>(name, by_window_[0], add);
  LookUpWindows<2>(name, by_window_[1], add);
  LookUpWindows<4>(name, by_window_[2], add);
  LookUpWindows<8>(name, by_window_[3], add);
  // A window may be there more than once.
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
