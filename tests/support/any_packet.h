// One packet of any type: decoded by the decoder of its type, and encoded again from what that
// understood. For what holds of all packets alike: truncations, lengths that lie, round trips,
// fuzzing.
#pragma once

#include <string_view>
#include <vector>

#include "core/mqtt/control_packet.h"
#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/reason_code.h"

namespace signet {

// Who speaks which version. CONNECT carries its own.
struct Peer {
  ProtocolVersion version;
  Sender sender;
};

// Decodes a whole packet, fixed header included. kMalformedPacket also for less or more than one
// packet, for a padded Remaining Length in MQTT 5, and for AUTH in MQTT 3.1.1.
ReasonCode DecodeAny(ByteView packet, Peer peer);

// Decodes a packet that must be well-formed, and encodes the outcome.
PacketBytes EncodeAgain(ByteView packet, Peer peer);

}  // namespace signet
