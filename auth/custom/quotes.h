// Whether a server's words repeat a secret that it was sent: then they are not for the log.
#pragma once

#include <string_view>

#include "core/access/credentials.h"
#include "core/config/authentication.h"

namespace signet::auth {

// A part of a password, of Authentication Data or of a configured header that is long enough to
// matter, plain or as the base64 of a request. `text` is short.
bool QuotesSecret(std::string_view text, const Credentials& asked,
                  const config::SecretByName& headers);

}  // namespace signet::auth
