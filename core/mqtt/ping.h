// PINGREQ and PINGRESP (MQTT 5, 3.12 and 3.13): a fixed header and nothing else.
#pragma once

#include <array>
#include <cstdint>

namespace signet {

constexpr std::array<uint8_t, 2> kPingreqBytes = {0xC0, 0x00};
constexpr std::array<uint8_t, 2> kPingrespBytes = {0xD0, 0x00};

}  // namespace signet
