// SHA-256, and HMAC with it, for SCRAM.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "core/base/bytes.h"

namespace signet::auth {

using Sha256Hash = std::array<uint8_t, 32>;

Sha256Hash Sha256Of(ByteView bytes);
// Of the parts, one behind the other.
Sha256Hash HmacSha256(ByteView key, std::initializer_list<ByteView> parts);

// Takes the same time wherever they differ.
bool AreSame(const Sha256Hash& a, const Sha256Hash& b);

}  // namespace signet::auth
