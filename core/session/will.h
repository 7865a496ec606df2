// Will: the Will Message of a Network Connection and its Will Delay Interval (MQTT 5, 3.1.2.5). Its
// Message Expiry Interval starts when it is published, not when it is stored.
#pragma once

#include <cstdint>
#include <optional>

#include "core/mqtt/application_message.h"

namespace signet {

struct Will {
  SharedMessage message;
  uint32_t delay_s = 0;
  std::optional<uint32_t> message_expiry_s;
};

}  // namespace signet
