#include "tests/fuzz/link.h"

#include "core/mqtt/publish_ack.h"

namespace signet::fuzz {

void Link::Connect(CoreWorld* world, uint32_t shard, const ConnectView& connect) {
  Receive();
  bytes_.clear();
  received_.clear();
  peer_ = world->Open(shard);
  version_ = connect.version;
  PacketBytes bytes;
  EncodeConnect(connect, &bytes);
  Send(bytes);
}

void Link::Send(ByteView bytes) {
  if (peer_ != nullptr) peer_->Send(bytes);
}

void Link::Drop() {
  if (peer_ != nullptr) peer_->Drop();
}

void Link::Receive() {
  if (peer_ == nullptr) return;
  const std::vector<uint8_t> fresh = peer_->Take();
  bytes_.insert(bytes_.end(), fresh.begin(), fresh.end());
  TakePackets(&bytes_, version_, &received_);
}

std::deque<Received> Link::TakeReceived() {
  Receive();
  return std::exchange(received_, {});
}

void Link::Answer() {
  for (const Received& packet : TakeReceived()) {
    if (packet.type == PacketType::kPublish && packet.qos == QoS::kAtLeastOnce) {
      SendAck(PacketType::kPuback, packet.packet_id);
    } else if (packet.type == PacketType::kPublish && packet.qos == QoS::kExactlyOnce) {
      SendAck(PacketType::kPubrec, packet.packet_id);
    } else if (packet.type == PacketType::kPubrel) {
      SendAck(PacketType::kPubcomp, packet.packet_id);
    } else if (packet.type == PacketType::kPubrec) {
      SendAck(PacketType::kPubrel, packet.packet_id);
    }
  }
}

void Link::SendAck(PacketType type, PacketId id) {
  PacketBytes bytes;
  EncodePublishAck(type, {.packet_id = id}, version_, &bytes);
  Send(bytes);
}

}  // namespace signet::fuzz
