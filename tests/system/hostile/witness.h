// Witness: well-behaved clients that exchange QoS 1 messages while somebody attacks, on a thread of
// their own. Each round one of them publishes; all of them must get that message, and nothing else,
// before the next round begins: none is lost, none comes twice, the order holds. There are several
// for each shard, so that one that stalls does not go unnoticed.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "tests/support/broker_process.h"
#include "tests/support/wire_client.h"

namespace signet {

class Witness {
 public:
  // A message that takes longer has met a stall, unless others have the processors that the broker
  // wants: then it has until kStarvedBound. Tests assert nothing finer on time; what was seen is
  // recorded.
  static constexpr std::chrono::seconds kRoundBound{10};
  static constexpr std::chrono::seconds kStarvedBound{60};

  // Connects.
  Witness(const BrokerProcess* broker, uint32_t shards);
  ~Witness();

  // May be called again after End(): the exchange goes on.
  void Begin();
  bool is_running() const { return thread_.joinable(); }
  // Ends the exchange. Fails the test if a round has gone wrong; records the latencies.
  void End();

  // Rounds that have been completed.
  size_t rounds() const { return rounds_; }
  // Waits until `count` more are. False if one of them goes wrong, or none is under way.
  bool Sees(size_t count) const;

 private:
  void Run();
  bool Round(size_t number);
  std::optional<Received> Next(WireClient& client) const;
  void Record();

  const BrokerProcess& broker_;
  std::vector<WireClient> clients_;
  std::vector<std::chrono::microseconds> latencies_;
  std::atomic<size_t> rounds_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<bool> failed_ = false;
  std::thread thread_;
};

}  // namespace signet
