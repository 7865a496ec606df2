#include "tests/net/shard_group_fixture.h"

#include <algorithm>

namespace signet {

std::vector<uint8_t> MakePacket(uint8_t first, ByteView body) {
  std::vector<uint8_t> packet{first};
  size_t left = body.size();
  do {
    packet.push_back(static_cast<uint8_t>(left % 128 | (left >= 128 ? 0x80 : 0)));
    left /= 128;
  } while (left > 0);
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

std::vector<uint8_t> ConnectPacket(std::string_view client_id) {
  return MakePacket(0x10,
                    Concat({Bytes("0004 'MQTT' 04 02 0000"), WithLength(AsBytes(client_id))}));
}

std::vector<uint8_t> SubscribePacket(std::string_view filter) {
  return MakePacket(0x82, Concat({Bytes("0001"), WithLength(AsBytes(filter)), Bytes("00")}));
}

std::vector<uint8_t> PublishPacket(std::string_view topic, ByteView payload) {
  return MakePacket(0x30, Concat({WithLength(AsBytes(topic)), payload}));
}

BrokerInProcess::BrokerInProcess(uint32_t shards, const Limits& limits, const Ring::Options& ring) {
  Start({.shards = shards, .ports = {{.address = AnyPort()}}, .limits = limits, .ring = ring});
}

BrokerInProcess::BrokerInProcess(uint32_t shards, std::vector<PortSettings> ports,
                                 const Limits& limits) {
  Start({.shards = shards, .ports = std::move(ports), .limits = limits});
}

void BrokerInProcess::Start(ShardGroup::Options options) {
  options.memory_bytes = uint64_t{1} << 30;
  auto group = ShardGroup::Start(std::move(options), &log_);
  EXPECT_TRUE(group.ok()) << group.error().sentence();
  group_ = std::move(*group);
}

SocketClient BrokerInProcess::Connected(std::string_view client_id) {
  SocketClient client(port());
  EXPECT_TRUE(client.Send(ConnectPacket(client_id)));
  ExpectBytes(client, Bytes("20 02 00 00"));
  return client;
}

SocketClient BrokerInProcess::Subscribed(std::string_view client_id, std::string_view filter) {
  SocketClient client = Connected(client_id);
  EXPECT_TRUE(client.Send(SubscribePacket(filter)));
  ExpectBytes(client, Bytes("90 03 0001 00"));
  return client;
}

void ExpectBytes(SocketClient& client, ByteView expected) {
  EXPECT_EQ(Hex(client.Receive(expected.size())), Hex(expected));
}

}  // namespace signet
