// Short names of the protocol versions, for tests that have one of them on nearly every line.
#pragma once

#include "core/mqtt/control_packet.h"

namespace signet {

inline constexpr auto k311 = ProtocolVersion::k311;
inline constexpr auto k5 = ProtocolVersion::k5;

}  // namespace signet
