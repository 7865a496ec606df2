// base64url as JWS uses it (RFC 7515, 2): without padding, line ends or blanks, and with one
// spelling for each value: the bits that the last digit has too many are 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace signet::auth {

// Nothing if `text` is anything else.
std::optional<std::vector<uint8_t>> DecodeBase64Url(std::string_view text);

}  // namespace signet::auth
