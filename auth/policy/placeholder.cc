#include "auth/policy/placeholder.h"

#include "core/mqtt/topic_name.h"

namespace signet::auth {
namespace {

constexpr std::string_view kClientAttributes = "client_attrs.";

struct LevelPiece {
  std::string_view text;  // Of a placeholder, what stands in its braces.
  bool is_placeholder = false;
};

// Takes the first piece off `rest`, which is not empty. A ${ without its } is text.
LevelPiece TakeLevelPiece(std::string_view* rest) {
  const size_t close = rest->starts_with("${") ? rest->find('}') : std::string_view::npos;
  if (close != std::string_view::npos) {
    const LevelPiece piece{.text = rest->substr(2, close - 2), .is_placeholder = true};
    rest->remove_prefix(close + 1);
    return piece;
  }
  const LevelPiece piece{.text = rest->substr(0, rest->find("${", 1))};
  rest->remove_prefix(piece.text.size());
  return piece;
}

std::optional<std::string_view> ValueOf(std::string_view placeholder, const Client& client) {
  if (placeholder == "clientid") return client.client_id;
  if (placeholder == "username") return client.principal.username;
  if (placeholder == "cert_common_name" && client.principal.peer != nullptr) {
    return client.principal.peer->common_name;
  }
  if (!placeholder.starts_with(kClientAttributes)) return std::nullopt;
  return AttributeOf(client.principal, placeholder.substr(kClientAttributes.size()));
}

// Appends the level; false if a value is missing.
bool FillLevel(std::string_view level, const Client& client, std::string* filter) {
  while (!level.empty()) {
    const LevelPiece piece = TakeLevelPiece(&level);
    if (!piece.is_placeholder) {
      *filter += piece.text;
      continue;
    }
    const std::optional<std::string_view> value = ValueOf(piece.text, client);
    if (!value || !CanFillLevel(*value)) return false;
    *filter += *value;
  }
  return true;
}

}  // namespace

FilledIn FillPlaceholders(std::string_view pattern, const Client& client) {
  FilledIn filled;
  for (bool more = true; more;) {
    const size_t size = filled.filter.size();
    if (!FillLevel(TakeLevel(&pattern, &more), client, &filled.filter)) {
      filled.filter.resize(size);
      filled.is_cut = true;
      return filled;
    }
    if (more) filled.filter += '/';
  }
  return filled;
}

bool HasKnownPlaceholders(std::string_view pattern) {
  while (!pattern.empty()) {
    const LevelPiece piece = TakeLevelPiece(&pattern);
    if (!piece.is_placeholder) {
      if (piece.text.starts_with("${")) return false;
      continue;
    }
    const bool is_attribute = piece.text.starts_with(kClientAttributes) &&
                              piece.text.size() > kClientAttributes.size() &&
                              piece.text.find('/') == std::string_view::npos;
    if (!is_attribute && piece.text != "clientid" && piece.text != "username" &&
        piece.text != "cert_common_name" && piece.text != "zone") {
      return false;
    }
  }
  return true;
}

std::string WithoutPlaceholders(std::string_view pattern) {
  std::string plain;
  while (!pattern.empty()) {
    const LevelPiece piece = TakeLevelPiece(&pattern);
    plain += piece.is_placeholder ? "x" : piece.text;
  }
  return plain;
}

}  // namespace signet::auth
