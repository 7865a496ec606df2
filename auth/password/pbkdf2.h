// PBKDF2 (RFC 8018, 5.2) with HMAC, for keys as long as the hash. The state of HMAC that the
// password leads to is made once, and not in each iteration: those who guess do not do it either,
// and for the same time an operator can ask for twice the iterations. Any thread.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"

namespace signet::auth {

// `iterations`: at least 1. False if there is no memory for it.
bool Pbkdf2(ByteView password, ByteView salt, uint32_t iterations, std::array<uint8_t, 64>* sha512);
bool Pbkdf2(ByteView password, ByteView salt, uint32_t iterations, std::array<uint8_t, 32>* sha256);

}  // namespace signet::auth
