// Load: many publishers flat out at QoS 1 into one subscriber that takes less than they offer. All
// on the calling thread, MQTT 3.1.1, and every message has a number, so that what was acknowledged
// can be compared with what has come.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/socket_client.h"

namespace signet {

class Load {
 public:
  struct Options {
    uint16_t port = 0;
    uint32_t publishers = 500;
    uint32_t messages_each = 100;
    // How many messages the subscriber takes whenever kSome more publishers have sent as much as
    // the network takes.
    uint32_t taken_at_once = 8;
  };
  static constexpr uint32_t kSome = 64;

  explicit Load(const Options& options);

  // Until all is acknowledged and nothing comes any more. Fails the test if nothing moves for too
  // long.
  void Run();

  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t received() const { return received_; }
  // Messages of one publisher that came out of order or twice.
  uint64_t out_of_order() const { return out_of_order_; }

 private:
  struct Publisher {
    SocketClient socket;
    uint32_t made = 0;  // Messages.
    uint32_t acknowledged_bytes = 0;
    std::vector<uint8_t> unsent;
  };

  bool Offer(Publisher& publisher, uint32_t number);
  bool TakeAcks(Publisher& publisher);
  bool TakeMessages();

  const Options options_;
  SocketClient subscriber_;
  std::vector<Publisher> publishers_;
  std::vector<uint32_t> next_;  // By publisher: the number that comes next.
  std::vector<uint8_t> arriving_;
  uint64_t acknowledged_ = 0;
  uint64_t received_ = 0;
  uint64_t out_of_order_ = 0;
};

}  // namespace signet
