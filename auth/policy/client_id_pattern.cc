#include "auth/policy/client_id_pattern.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "auth/policy/memory.h"

namespace signet::auth {
namespace {

// The first star that is no part of a token's name.
size_t FindStar(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '*') return at;
    if (text[at] != '{') continue;
    const size_t close = text.find('}', at);
    if (close != std::string_view::npos) at = close;
  }
  return std::string_view::npos;
}

}  // namespace

ClientIdPattern::ClientIdPattern(std::string_view text) {
  while (true) {
    const size_t star = FindStar(text);
    parts_.push_back(Parse(text.substr(0, star)));
    if (star == std::string_view::npos) return;
    text.remove_prefix(star + 1);
  }
}

ClientIdPattern::Part ClientIdPattern::Parse(std::string_view text) {
  Part part;
  while (!text.empty()) {
    const size_t close = text.front() == '{' ? text.find('}') : std::string_view::npos;
    if (close != std::string_view::npos) {
      part.push_back({.text = std::string(text.substr(1, close - 1)), .is_token = true});
      text.remove_prefix(close + 1);
      continue;
    }
    const size_t end = text.find('{', 1);
    part.push_back({.text = std::string(text.substr(0, end)), .is_token = false});
    text.remove_prefix(std::min(end, text.size()));
  }
  return part;
}

std::string_view ClientIdPattern::prefix() const {
  const Part& first = parts_.front();
  return first.empty() || first.front().is_token ? std::string_view() : first.front().text;
}

std::string_view ClientIdPattern::suffix() const {
  const Part& last = parts_.back();
  return last.empty() || last.back().is_token ? std::string_view() : last.back().text;
}

std::vector<std::string_view> ClientIdPattern::texts() const {
  std::vector<std::string_view> texts;
  for (const Part& part : parts_) {
    for (const Piece& piece : part) {
      if (!piece.is_token) texts.push_back(piece.text);
    }
  }
  return texts;
}

std::vector<std::string_view> ClientIdPattern::attributes() const {
  std::vector<std::string_view> names;
  for (const Part& part : parts_) {
    for (const Piece& piece : part) {
      const std::string_view token = piece.text;
      if (!piece.is_token || !token.starts_with(kAttributesToken)) continue;
      names.push_back(token.substr(kAttributesToken.size()));
    }
  }
  return names;
}

std::optional<std::string_view> ClientIdPattern::Fill(const Piece& piece, const Client& client) {
  if (!piece.is_token) return piece.text;
  return ValueOfToken(piece.text, client);
}

std::optional<std::string_view> ClientIdPattern::Fill(const Part& part, const Client& client,
                                                      std::string* joined) {
  if (part.empty()) return "";
  if (part.size() == 1) return Fill(part.front(), client);
  joined->clear();
  for (const Piece& piece : part) {
    const std::optional<std::string_view> text = Fill(piece, client);
    if (!text) return std::nullopt;
    *joined += *text;
  }
  return *joined;
}

// The first part is where the text begins and the last one where it ends; each of the others is
// looked for from the left, which leaves the most for those that follow.
bool ClientIdPattern::Matches(const Client& client) const {
  std::string_view rest = client.client_id;
  std::string joined;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const std::optional<std::string_view> part = Fill(parts_[i], client, &joined);
    if (!part) return false;
    if (i == 0) {
      if (!rest.starts_with(*part)) return false;
      rest.remove_prefix(part->size());
      if (parts_.size() == 1) return rest.empty();
    } else if (i + 1 == parts_.size()) {
      return rest.ends_with(*part);
    } else {
      // In a time linear in the name, unlike find(): a client chooses its name.
      const void* const at = memmem(rest.data(), rest.size(), part->data(), part->size());
      if (at == nullptr) return false;
      const size_t skipped = static_cast<size_t>(static_cast<const char*>(at) - rest.data());
      rest.remove_prefix(skipped + part->size());
    }
  }
  return false;
}

size_t ClientIdPattern::bytes() const {
  size_t bytes = parts_.capacity() * sizeof(Part);
  for (const Part& part : parts_) {
    bytes += part.capacity() * sizeof(Piece);
    for (const Piece& piece : part) bytes += BytesOf(piece.text);
  }
  return bytes;
}

}  // namespace signet::auth
