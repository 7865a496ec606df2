#include "core/session/topic_alias.h"

namespace signet {

void InboundAliases::Set(uint16_t alias, std::string_view topic_name) {
  if (names_.size() < alias) names_.resize(alias);
  names_[alias - 1u] = topic_name;
}

std::string_view InboundAliases::Find(uint16_t alias) const {
  return alias <= names_.size() ? std::string_view(names_[alias - 1u]) : std::string_view();
}

OutboundAliases::Use OutboundAliases::For(std::string_view topic_name) {
  const auto found = aliases_.find(topic_name);
  if (found != aliases_.end()) return {.alias = found->second, .known = true};
  if (aliases_.size() >= maximum_) return {};
  const auto alias = static_cast<uint16_t>(aliases_.size() + 1);
  aliases_.emplace(topic_name, alias);
  return {.alias = alias, .known = false};
}

}  // namespace signet
