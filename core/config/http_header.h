// Which headers an operator may have us send to a server.
#pragma once

#include <string_view>

#include "core/base/status.h"

namespace signet::config {

// The error goes on after the header's name, and says nothing of its value, which is a secret.
Status CheckHttpHeader(std::string_view name, std::string_view value);

}  // namespace signet::config
