// BenchShard: one ShardBroker with clients and without I/O, whose network takes everything at once:
// what a broker costs but for the kernel.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/broker/shard_broker.h"
#include "core/mqtt/packet_bytes.h"

namespace signet {

class BenchShard {
 public:
  BenchShard();
  ~BenchShard();

  // A client of MQTT 5 that is connected; with a filter also subscribed.
  ConnectionId Connect(std::string_view client_id);
  ConnectionId Subscribe(std::string_view client_id, std::string_view filter, QoS qos);

  // One turn in which `bytes` come from a client, and everything is sent. Returns how many bytes
  // were.
  size_t Turn(ConnectionId from, ByteView bytes);

  const Counters& counters() const { return broker_->counters(); }

 private:
  class Silence : public LogSink {
    void Write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
  };

  Limits limits_;
  BrokerTotals totals_;
  Silence log_;
  Instant now_{seconds(1)};
  std::vector<ConnectionId> clients_;
  Effects effects_;
  std::unique_ptr<ShardBroker> broker_;
};

// A PUBLISH with a payload of 64 bytes.
PacketBytes MakePublish(std::string_view topic_name, QoS qos, PacketId id);

}  // namespace signet
