// A file of users as text that is changed: every line that is not the user's own stays as it is,
// comments among them, and the order too.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/secret_bytes.h"

namespace signet {

// With this line for the user `name`: in the place of its first one, or at the end. Further ones of
// its own go.
SecretBytes WithUser(std::string_view text, std::string_view name, std::string_view hash);
// Without the user; nothing if there is no such one.
std::optional<SecretBytes> WithoutUser(std::string_view text, std::string_view name);

}  // namespace signet
