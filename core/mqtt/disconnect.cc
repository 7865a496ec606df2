#include "core/mqtt/disconnect.h"

#include "core/mqtt/fields.h"

namespace signet {
namespace {

// Table 3-10, column "Sent by".
bool MaySend(Sender sender, ReasonCode code) {
  switch (code) {
    case ReasonCode::kDisconnectWithWillMessage:
      return sender == Sender::kClient;
    case ReasonCode::kNotAuthorized:
    case ReasonCode::kServerBusy:
    case ReasonCode::kServerShuttingDown:
    case ReasonCode::kKeepAliveTimeout:
    case ReasonCode::kSessionTakenOver:
    case ReasonCode::kTopicFilterInvalid:
    case ReasonCode::kRetainNotSupported:
    case ReasonCode::kQosNotSupported:
    case ReasonCode::kUseAnotherServer:
    case ReasonCode::kServerMoved:
    case ReasonCode::kSharedSubscriptionsNotSupported:
    case ReasonCode::kConnectionRateExceeded:
    case ReasonCode::kMaximumConnectTime:
    case ReasonCode::kSubscriptionIdentifiersNotSupported:
    case ReasonCode::kWildcardSubscriptionsNotSupported:
      return sender == Sender::kServer;
    default:
      return IsValidFor(code, PacketType::kDisconnect);
  }
}

Result<DisconnectView> Decode311(ByteReader reader, Sender sender) {
  if (sender == Sender::kServer) return ReasonCode::kProtocolError;
  if (!reader.empty()) return ReasonCode::kMalformedPacket;
  return DisconnectView{};
}

}  // namespace

Result<DisconnectView> DecodeDisconnect(ByteReader reader, ProtocolVersion version, Sender sender,
                                        uint32_t max_user_properties) {
  if (version == ProtocolVersion::k311) return Decode311(reader, sender);
  DisconnectView disconnect;
  uint8_t code;
  if (!reader.ReadU8(&code)) return disconnect;
  disconnect.reason_code = static_cast<ReasonCode>(code);
  if (!MaySend(sender, disconnect.reason_code)) {
    return ReasonCode::kProtocolError;  // [MQTT-3.14.2-1]
  }
  if (reader.empty()) return disconnect;  // No Property Length either (3.14.2.2.1).
  const ReasonCode decoded = DecodeProperties(PropertyContext::kDisconnect, max_user_properties,
                                              &reader, &disconnect.properties);
  if (IsError(decoded)) return decoded;
  if (sender == Sender::kServer && disconnect.properties.Has(PropertyId::kSessionExpiryInterval)) {
    return ReasonCode::kProtocolError;  // [MQTT-3.14.2-2]
  }
  if (!reader.empty()) return ReasonCode::kMalformedPacket;
  return disconnect;
}

void EncodeDisconnect(const DisconnectView& disconnect, ProtocolVersion version, PacketBytes* out) {
  const ByteView wire = disconnect.properties.wire;
  const bool has_properties = version == ProtocolVersion::k5 && !wire.empty();
  const bool has_code = version == ProtocolVersion::k5 &&
                        (has_properties || disconnect.reason_code != ReasonCode::kSuccess);
  const size_t size = (has_code ? 1 : 0) + (has_properties ? PropertiesSize(wire.size()) : 0);
  ByteWriter writer = AppendPacket(PacketType::kDisconnect, 0, size, out);
  if (has_code) writer.WriteU8(static_cast<uint8_t>(disconnect.reason_code));
  if (has_properties) WriteProperties(wire, &writer);
}

}  // namespace signet
