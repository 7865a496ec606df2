// Masking (RFC 6455, 5.3): every byte from a client is combined with one of four, in turn.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"

namespace signet::websocket {

using Mask = std::array<uint8_t, 4>;

// Masks or unmasks in place. `offset` is how many bytes of the frame came before these.
void ApplyMask(const Mask& mask, uint64_t offset, MutableBytes bytes);

}  // namespace signet::websocket
