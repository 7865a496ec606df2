// A broker of some shards in this process, and clients that speak just enough MQTT 3.1.1 over
// sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "net/shard_group.h"
#include "tests/support/bytes.h"
#include "tests/support/socket_client.h"

namespace signet {

// Collects events; for any thread.
class SharedLog : public LogSink {
 public:
  void Write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(event);
    for (const LogField& field : fields) {
      fields_.push_back(std::string(event) + '/' + std::string(field.name) + '=' +
                        std::string(field.value));
    }
  }
  int Count(std::string_view event) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::ranges::count(events_, event));
  }
  // Events whose field begins so.
  int CountOf(std::string_view event, std::string_view field, std::string_view beginning) {
    const std::string wanted =
        std::string(event) + '/' + std::string(field) + '=' + std::string(beginning);
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::ranges::count_if(
        fields_, [&](const std::string& text) { return text.starts_with(wanted); }));
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> events_;
  std::vector<std::string> fields_;
};

// -- Packets of MQTT 3.1.1.
// `first` byte, Remaining Length, `body`.
std::vector<uint8_t> MakePacket(uint8_t first, ByteView body);
std::vector<uint8_t> ConnectPacket(std::string_view client_id);
std::vector<uint8_t> SubscribePacket(std::string_view filter);
std::vector<uint8_t> PublishPacket(std::string_view topic, ByteView payload);
inline std::vector<uint8_t> PublishPacket(std::string_view topic, std::string_view payload) {
  return PublishPacket(topic, AsBytes(payload));
}

// Any free port of 127.0.0.1.
inline ListenAddress AnyPort() { return *SocketAddress::Parse("127.0.0.1:0"); }

class BrokerInProcess {
 public:
  explicit BrokerInProcess(uint32_t shards, const Limits& limits = {},
                           const Ring::Options& ring = {});
  BrokerInProcess(uint32_t shards, std::vector<PortSettings> ports, const Limits& limits = {});

  uint16_t port(size_t index = 0) const { return group_->addresses()[index].port(); }
  ShardGroup& group() { return *group_; }
  SharedLog& log() { return log_; }
  ShardGroup::Sums Sum() { return group_->Sum(); }
  // Whether done(Sum()) becomes true in time.
  template <typename Done>
  bool Reaches(Done done) {
    for (int i = 0; i < 20'000; ++i) {
      if (done(group_->Sum())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  // A client that has got its CONNACK.
  SocketClient Connected(std::string_view client_id);
  // One that has got its SUBACK too.
  SocketClient Subscribed(std::string_view client_id, std::string_view filter);

 private:
  void Start(ShardGroup::Options options);

  SharedLog log_;
  std::unique_ptr<ShardGroup> group_;
};

// Expects exactly these bytes next.
void ExpectBytes(SocketClient& client, ByteView expected);

}  // namespace signet
