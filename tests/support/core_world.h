// CoreWorld: a whole broker, of as many shards as wanted, in memory: ShardBrokers without I/O,
// mailboxes of a bounded size between them, connections that are two queues of bytes, and a clock
// that stands still until it is moved. All on the calling thread, and the same for the same calls.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/auth_desk.h"
#include "core/broker/shard_broker.h"

namespace signet {

// Keeps lines for tests to look at.
class MemoryLog : public LogSink {
 public:
  void Write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

class CoreWorld {
 public:
  struct Options {
    uint32_t shards = 1;
    Limits limits;
    uint64_t seed = 1;
    size_t mailbox_slots = 1024;
    std::vector<PortAccess> ports = {PortAccess{}};
    std::string response_information;
    uint64_t memory_bytes = uint64_t{1} << 40;
  };

  // The client's end of a Network Connection.
  class Peer {
   public:
    // Hands bytes to the broker; they are handled in the next Run().
    void Send(ByteView bytes) { to_broker_.insert(to_broker_.end(), bytes.begin(), bytes.end()); }
    // All that came since the last call.
    std::vector<uint8_t> Take() { return std::exchange(from_broker_, {}); }
    const std::vector<uint8_t>& received() const { return from_broker_; }
    // The broker has closed, after everything it sent.
    bool closed() const { return closed_; }
    // Goes away without a DISCONNECT.
    void Drop() { dropped_ = true; }
    // How many bytes the network takes in one turn of the shard; 0: the client does not read.
    void SetWindow(size_t bytes) { window_ = bytes; }
    // In how large pieces the bytes arrive.
    void SetSegment(size_t bytes) { segment_ = bytes; }

   private:
    friend class CoreWorld;

    uint32_t shard_ = 0;
    ConnectionId id_;
    bool dropped_ = false;
    bool closing_ = false;
    bool closed_ = false;
    bool reading_ = true;
    size_t window_ = SIZE_MAX;
    size_t segment_ = SIZE_MAX;
    std::vector<uint8_t> to_broker_;
    std::vector<uint8_t> from_broker_;
  };

  // Sees every mail on its way into a mailbox, and may change it; false loses it. For a broker that
  // is wrong on purpose.
  using Postman = std::function<bool(ShardMessage& mail)>;

  explicit CoreWorld(Options options);
  ~CoreWorld();

  // A new connection to `shard`'s listener; by default each goes to the next shard. Null if it was
  // refused.
  Peer* Open() { return Open(next_shard_++ % options_.shards); }
  Peer* Open(uint32_t shard, PortId port = PortId(0));

  // Turns of all shards until nothing moves any more. Fails the test if that never comes.
  void Run();
  // The same; says whether it comes within so many turns.
  bool ComesToRest(int turns);
  // One turn of one shard.
  void RunShard(uint32_t shard);
  // One turn of the desk, if there is one.
  void RunDesk();
  bool Quiet() const;

  // Lets time pass, in steps in which every timer gets its turn.
  void Advance(Duration duration);
  // Lets time jump: nobody has had a turn meanwhile.
  void Jump(Duration duration) { now_ += duration; }
  Instant now() const { return now_; }

  // How many mails a mailbox holds; what is beyond waits with its sender.
  void SetMailboxSlots(size_t slots) { options_.mailbox_slots = slots; }
  void SetPostman(Postman postman) { postman_ = std::move(postman); }

  // Who decides for ports that authenticate. The caller's; outlives this. Each Run() gives it its
  // turns.
  void SetDesk(AuthDesk* desk) { desk_ = desk; }
  // The wall clock goes with the other one, from `wall` on.
  void SetWall(WallTime wall) {
    wall_offset_ms_ = wall.milliseconds() - now_.since_start() / milliseconds(1);
  }
  WallTime wall() const {
    return WallTime::FromMilliseconds(wall_offset_ms_ + now_.since_start() / milliseconds(1));
  }
  // Null once the broker has let go of the connection.
  const Client* ClientOf(const Peer& peer) const;

  uint32_t shards() const { return options_.shards; }
  ShardBroker& shard(uint32_t index) { return *shards_[index]->broker; }
  BrokerTotals& totals() { return totals_; }
  MemoryLog& log() { return log_; }
  Counters Sum() const;

 private:
  struct Parcel;
  struct Shard {
    std::unique_ptr<ShardBroker> broker;
    std::vector<std::deque<ShardMessage>> inbox;  // By sender.
    std::deque<MailFromAuth> from_auth;
    std::vector<Peer*> peers;  // By slot.
  };

  void Deliver(Shard& shard, uint32_t index);
  bool FeedPeer(Shard& shard, Peer& peer);
  void ApplyEffects(Shard& shard);
  void SendOutput(Shard& shard, Peer& peer);
  void HandOverPeer(Shard& shard, ConnectionId id);
  void Register(uint32_t shard, ConnectionId id, Peer* peer);
  void Release(Shard& shard, Peer& peer);
  Peer* PeerOf(Shard& shard, ConnectionId id);

  Options options_;
  Postman postman_;
  AuthDesk* desk_ = nullptr;
  int64_t wall_offset_ms_ = 1'900'000'000'000;  // 2030.
  MemoryLog log_;
  BrokerTotals totals_;
  Instant now_{seconds(1000)};
  uint64_t random_;
  uint32_t next_shard_ = 0;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace signet
