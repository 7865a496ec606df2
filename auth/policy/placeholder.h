// Placeholders of the claim `acl`, such as ${clientid}: unlike the tokens of a policy they may
// stand within a level.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/policy/token.h"

namespace signet::auth {

struct FilledIn {
  std::string filter;
  // Something had no value, or one that cannot stand in a level: the filter ends before that level.
  bool is_cut = false;
};

// `pattern` with the client's values in it.
FilledIn FillPlaceholders(std::string_view pattern, const Client& client);

// Whether every ${…} in it is one that there is.
bool HasKnownPlaceholders(std::string_view pattern);
// With an ordinary text in place of each, to see whether the rest is a Topic Filter.
std::string WithoutPlaceholders(std::string_view pattern);

}  // namespace signet::auth
