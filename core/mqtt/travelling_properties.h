// Which properties of a PUBLISH or a Will travel with its Application Message to the subscribers,
// unaltered and in order [MQTT-3.3.2-17] [MQTT-3.3.2-18]: all but those that concern one hop only.
#pragma once

#include <vector>

#include "core/mqtt/properties.h"

namespace signet {

// Their wire form, without Topic Alias, Message Expiry Interval, Will Delay Interval and
// Subscription Identifier. The view is over `properties` itself where nothing had to be left out,
// else over `scratch`.
ByteView TravellingProperties(const Properties& properties, std::vector<uint8_t>* scratch);

}  // namespace signet
