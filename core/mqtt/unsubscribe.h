// UNSUBSCRIBE and UNSUBACK (MQTT 5, 3.10 and 3.11):
//
//   UNSUBSCRIBE   Packet Identifier, [Properties], one or more Topic Filters
//   UNSUBACK      Packet Identifier, [Properties, as many Reason Codes]
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

// Borrows from the packet's bytes.
struct UnsubscribeView {
  PacketId packet_id = 0;
  Properties properties;
  // `count` Topic Filters, each with its length in front, checked to be MQTT UTF-8 and not empty.
  ByteView entries;
  uint32_t count = 0;
};

Result<UnsubscribeView> DecodeUnsubscribe(ByteReader reader, ProtocolVersion version,
                                          uint32_t max_user_properties);
// Takes the first Topic Filter off `entries`, which is not empty and has been decoded before.
std::string_view TakeUnsubscribeEntry(ByteView* entries);

// For clients.
void AppendUnsubscribeEntry(std::string_view topic_filter, PacketBytes* entries);
void EncodeUnsubscribe(const UnsubscribeView& unsubscribe, ProtocolVersion version,
                       PacketBytes* out);

struct UnsubackView {
  PacketId packet_id = 0;
  Properties properties;
  ByteView codes;  // Reason Codes; left out in MQTT 3.1.1.
};

Result<UnsubackView> DecodeUnsuback(ByteReader reader, ProtocolVersion version,
                                    uint32_t max_user_properties);
void EncodeUnsuback(const UnsubackView& unsuback, ProtocolVersion version, PacketBytes* out);

}  // namespace signet
