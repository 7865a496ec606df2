#include "core/mqtt/auth_packet.h"

#include "core/mqtt/fields.h"

namespace signet {

Result<AuthView> DecodeAuth(ByteReader reader, uint32_t max_user_properties) {
  AuthView auth;
  uint8_t code;
  if (!reader.ReadU8(&code)) return auth;  // Success without properties (3.15.2.1).
  auth.reason_code = static_cast<ReasonCode>(code);
  if (!IsValidFor(auth.reason_code, PacketType::kAuth)) {
    return ReasonCode::kProtocolError;  // [MQTT-3.15.2-1]
  }
  const ReasonCode decoded =
      DecodeProperties(PropertyContext::kAuth, max_user_properties, &reader, &auth.properties);
  if (IsError(decoded)) return decoded;
  if (!reader.empty()) return ReasonCode::kMalformedPacket;
  // To omit the method is a Protocol Error (3.15.2.2.2), but where the standard lets Success stand
  // alone.
  const bool alone = auth.reason_code == ReasonCode::kSuccess && auth.properties.present == 0;
  if (!auth.properties.Has(PropertyId::kAuthenticationMethod) && !alone) {
    return ReasonCode::kProtocolError;
  }
  return auth;
}

void EncodeAuth(const AuthView& auth, PacketBytes* out) {
  const ByteView wire = auth.properties.wire;
  const bool alone = auth.reason_code == ReasonCode::kSuccess && wire.empty();
  const size_t size = alone ? 0 : 1 + PropertiesSize(wire.size());
  ByteWriter writer = AppendPacket(PacketType::kAuth, 0, size, out);
  if (alone) return;
  writer.WriteU8(static_cast<uint8_t>(auth.reason_code));
  WriteProperties(wire, &writer);
}

}  // namespace signet
