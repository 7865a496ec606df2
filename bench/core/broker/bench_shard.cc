#include "bench/core/broker/bench_shard.h"

#include "core/mqtt/connect.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/subscribe.h"

namespace signet {

BenchShard::BenchShard() {
  limits_.receive_maximum = 65'535;
  broker_ = std::make_unique<ShardBroker>(
      ShardContext::Setup{
          .self = ShardId(0),
          .shards = 1,
          .limits = &limits_,
          .totals = &totals_,
          .log = &log_,
          .random = [](uint8_t* bytes, size_t size) { std::fill_n(bytes, size, 7); },
          .memory_bytes = uint64_t{1} << 40},
      std::vector<PortAccess>(1), now_);
}

BenchShard::~BenchShard() {
  for (const ConnectionId id : clients_) broker_->Release(id);
  broker_->EndTurn();
}

ConnectionId BenchShard::Connect(std::string_view client_id) {
  const ConnectionId id = broker_->Open(PortId(0), "bench");
  clients_.push_back(id);
  PacketBytes connect;
  EncodeConnect({.version = ProtocolVersion::k5, .clean_start = true, .client_id = client_id},
                &connect);
  Turn(id, connect);
  CHECK(broker_->Find(id)->state() == Client::State::kConnected);
  return id;
}

ConnectionId BenchShard::Subscribe(std::string_view client_id, std::string_view filter, QoS qos) {
  const ConnectionId id = Connect(client_id);
  PacketBytes entries;
  AppendSubscribeEntry({.topic_filter = filter, .options = {.maximum_qos = qos}}, &entries);
  PacketBytes subscribe;
  EncodeSubscribe({.packet_id = 1, .entries = entries}, ProtocolVersion::k5, &subscribe);
  Turn(id, subscribe);
  return id;
}

size_t BenchShard::Turn(ConnectionId from, ByteView bytes) {
  size_t sent = 0;
  broker_->BeginTurn(now_);
  broker_->Receive(from, bytes);
  broker_->EndTurn();
  broker_->TakeEffects(&effects_);
  for (const ConnectionId id : effects_.output) {
    const size_t size = broker_->Find(id)->output().size();
    broker_->OutputSent(id, size);
    sent += size;
  }
  effects_.Clear();
  return sent;
}

PacketBytes MakePublish(std::string_view topic_name, QoS qos, PacketId id) {
  static const std::vector<uint8_t> payload(64, 'x');
  PublishView publish{.qos = qos, .packet_id = id, .topic_name = topic_name};
  publish.payload = payload;
  PacketBytes bytes;
  EncodePublish(publish, ProtocolVersion::k5, &bytes);
  return bytes;
}

}  // namespace signet
