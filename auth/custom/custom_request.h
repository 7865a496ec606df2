// The body of a request of the custom authentication API, version 0.5.0
// (azure-iot-operations, 5.1).
#pragma once

#include <string_view>

#include "core/access/credentials.h"
#include "core/base/secret_bytes.h"
#include "core/config/authentication.h"

namespace signet::auth {

// Where the settings say so, the body also has keys that the API does not know: `clientId`,
// which is empty if the client left the name to the broker, and which only CONNECT brings;
// `peerAddress`, as in the log; and `listener`.
SecretBytes CustomRequestBody(const Credentials& credentials,
                              const config::CustomSettings& settings, std::string_view listener);

}  // namespace signet::auth
