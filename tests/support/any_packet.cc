#include "tests/support/any_packet.h"

#include "core/base/check.h"
#include "core/mqtt/auth_packet.h"
#include "core/mqtt/connack.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/fixed_header.h"
#include "core/mqtt/ping.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"

namespace signet {
namespace {

constexpr uint32_t kMaxUserProperties = 100;

// Encodes what `result` holds, or gives its error.
template <typename View, typename Encode>
ReasonCode Finish(const Result<View>& result, Encode encode) {
  if (!result.ok()) return result.error();
  encode(*result);
  return ReasonCode::kSuccess;
}

ReasonCode RecodeConnect(ByteReader reader, PacketBytes* out) {
  ConnectView connect;
  const ReasonCode decoded = DecodeConnect(reader, kMaxUserProperties, &connect);
  if (!IsError(decoded)) EncodeConnect(connect, out);
  return decoded;
}

ReasonCode RecodePing(ByteView packet, PacketBytes* out) {
  if (packet.size() != 2) return ReasonCode::kMalformedPacket;
  const auto& ping = packet[0] == kPingreqBytes[0] ? kPingreqBytes : kPingrespBytes;
  out->insert(out->end(), ping.begin(), ping.end());
  return ReasonCode::kSuccess;
}

ReasonCode RecodeAuth(ByteReader reader, ProtocolVersion version, PacketBytes* out) {
  if (version == ProtocolVersion::k311) return ReasonCode::kMalformedPacket;
  return Finish(DecodeAuth(reader, kMaxUserProperties),
                [&](const AuthView& auth) { EncodeAuth(auth, out); });
}

ReasonCode Recode(ByteView packet, Peer peer, PacketBytes* out) {
  FixedHeader header;
  if (ParseFixedHeader(packet, &header) != HeaderState::kWhole ||
      header.packet_size() != packet.size() ||
      (!header.minimal_length && peer.version == ProtocolVersion::k5)) {
    return ReasonCode::kMalformedPacket;
  }
  const ByteReader reader(packet.subspan(header.header_size));
  const ProtocolVersion version = peer.version;
  const auto encode = [&](auto encoder) {
    return [=](const auto& view) { encoder(view, version, out); };
  };
  switch (header.type) {
    case PacketType::kConnect:
      return RecodeConnect(reader, out);
    case PacketType::kConnack:
      return Finish(DecodeConnack(reader, version, kMaxUserProperties), encode(EncodeConnack));
    case PacketType::kPublish:
      return Finish(DecodePublish(header.flags, reader, version, peer.sender, kMaxUserProperties),
                    encode(EncodePublish));
    case PacketType::kPuback:
    case PacketType::kPubrec:
    case PacketType::kPubrel:
    case PacketType::kPubcomp:
      return Finish(
          DecodePublishAck(header.type, reader, version, kMaxUserProperties),
          [&](const PublishAckView& ack) { EncodePublishAck(header.type, ack, version, out); });
    case PacketType::kSubscribe:
      return Finish(DecodeSubscribe(reader, version, kMaxUserProperties), encode(EncodeSubscribe));
    case PacketType::kSuback:
      return Finish(DecodeSuback(reader, version, kMaxUserProperties), encode(EncodeSuback));
    case PacketType::kUnsubscribe:
      return Finish(DecodeUnsubscribe(reader, version, kMaxUserProperties),
                    encode(EncodeUnsubscribe));
    case PacketType::kUnsuback:
      return Finish(DecodeUnsuback(reader, version, kMaxUserProperties), encode(EncodeUnsuback));
    case PacketType::kPingreq:
    case PacketType::kPingresp:
      return RecodePing(packet, out);
    case PacketType::kDisconnect:
      return Finish(DecodeDisconnect(reader, version, peer.sender, kMaxUserProperties),
                    encode(EncodeDisconnect));
    case PacketType::kAuth:
      return RecodeAuth(reader, version, out);
  }
  UNREACHABLE();
}

}  // namespace

ReasonCode DecodeAny(ByteView packet, Peer peer) {
  PacketBytes ignored;
  return Recode(packet, peer, &ignored);
}

PacketBytes EncodeAgain(ByteView packet, Peer peer) {
  PacketBytes out;
  const ReasonCode decoded = Recode(packet, peer, &out);
  CHECK(!IsError(decoded));
  return out;
}

}  // namespace signet
