// Whether a server's words repeat a secret that it was asked about: then they are not for the log.
#pragma once

#include <string_view>

#include "core/access/credentials.h"

namespace signet::auth {

// A part of a password or of Authentication Data that is long enough to matter, plain or as the
// base64 of a request. `text` is short.
bool QuotesSecret(std::string_view text, const Credentials& asked);

}  // namespace signet::auth
