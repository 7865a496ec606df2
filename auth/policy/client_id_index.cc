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

std::vector<ClientIdIndex::Window> ClientIdIndex::WindowsOf(std::string_view text) {
  const size_t size = std::bit_floor(std::min<size_t>(text.size(), 8));
  std::vector<Window> windows;
  for (size_t at = 0; at + size <= text.size(); ++at) {
    windows.push_back({.log2_size = static_cast<size_t>(std::countr_zero(size)),
                       .bytes = WordAt(text, at, size)});
  }
  return windows;
}

void ClientIdIndex::PlaceByWindows() {
  ByWindow<size_t> patterns_with;
  for (const Entry& entry : open_) {
    for (const std::string_view text : entry.pattern.texts()) {
      for (const Window& window : WindowsOf(text)) ++patterns_with[window.log2_size][window.bytes];
    }
  }
  for (uint32_t place = 0; place < open_.size(); ++place) {
    std::optional<Window> rarest;
    size_t fewest = SIZE_MAX;
    for (const std::string_view text : open_[place].pattern.texts()) {
      for (const Window& window : WindowsOf(text)) {
        const size_t patterns = patterns_with[window.log2_size].find(window.bytes)->second;
        if (patterns >= fewest) continue;
        fewest = patterns;
        rarest = window;
      }
    }
    (rarest ? by_window_[rarest->log2_size][rarest->bytes] : without_text_).push_back(place);
  }
}

void ClientIdIndex::Seal(uint32_t rules) {
  places_ = {};
  PlaceByWindows();
  open_.shrink_to_fit();
  const auto seal = [&](RuleSet* set) {
    set->Seal(rules);
    bytes_ += set->bytes();
  };
  seal(&any_);
  bytes_ += BytesOfMap(exact_) + open_.capacity() * sizeof(Entry);
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

bool ClientIdIndex::Meets(const RuleSet& set, const RulesOfClient& rules) {
  return std::ranges::any_of(rules,
                             [&](const RuleSet* of_client) { return of_client->Intersects(set); });
}

bool ClientIdIndex::Allows(const Client& client, const RulesOfClient& rules) const {
  const std::string_view name = client.client_id;
  if (Meets(any_, rules)) return true;
  const auto exact = exact_.find(name);
  if (exact != exact_.end() && Meets(exact->second, rules)) return true;
  const auto is_met = [&](uint32_t place) {
    return Meets(open_[place].rules, rules) && open_[place].pattern.Matches(client);
  };
  if (std::ranges::any_of(without_text_, is_met)) return true;
  for (size_t log2_size = 0; log2_size < by_window_.size(); ++log2_size) {
    const auto& found = by_window_[log2_size];
    if (found.empty()) continue;
    const size_t size = size_t{1} << log2_size;
    for (size_t at = 0; at + size <= name.size(); ++at) {
      const auto places = found.find(WordAt(name, at, size));
      if (places != found.end() && std::ranges::any_of(places->second, is_met)) return true;
    }
  }
  return false;
}

}  // namespace signet::auth
