// Connection: a Network Connection as the kernel sees it: a descriptor and which operations are in
// flight. The protocol's side of it is core's Client, which has the same id. ConnectionTable keeps
// them by slot, next to ShardBroker's; SendsInFlight is a list that is threaded through it. Owned
// by a shard; used on its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/broker/shard_message.h"
#include "net/socket.h"
#include "net/wrapping.h"

namespace signet {

struct Connection {
  enum class Phase : uint8_t {
    kFree,       // Nobody is in this slot.
    kOpen,       // Its Client lives.
    kFlushing,   // Its Client is done; what it said last still leaves.
    kLingering,  // The peer has been told the end; what it still sends is thrown away. To close
                 // before it has stopped would make a reset that could overtake our last words.
    kEnding,     // Both directions are shut; waits until nothing is in flight.
  };

  bool in_flight() const { return receiving || sending; }

  ConnectionId id;
  Socket socket;
  Phase phase = Phase::kFree;
  bool receiving = false;
  bool multishot = false;   // How it is receiving.
  bool cancelling = false;  // The receive is to end.
  bool cancel_missed = false;
  bool sending = false;
  bool leaving = false;     // For another shard, once nothing is in flight.
  bool peer_done = false;   // It will send no more.
  bool broken : 1 = false;  // Nothing can be sent any more.
  bool unread : 1 = false;  // In the queue of those that the broker does not want to read.
  bool local : 1 = false;   // A UNIX socket.
  uint8_t finished = 0;     // How often it was found there, its peer having finished.

  // Of the send in flight: how often it was looked at with the same outcome, which sends were
  // looked at before and after it, when it was, and what the peer had confirmed then.
  uint8_t checks = 0;
  uint32_t older = 0;
  uint32_t newer = 0;
  Instant checked;
  uint64_t confirmed = 0;

  std::unique_ptr<Wrapping> wrapping;  // Null: its bytes are MQTT's.
};
static_assert(sizeof(Connection) <= 64, "one cache line");

class ConnectionTable {
 public:
  Connection& Add(ConnectionId id, Socket socket);
  // Null if it is gone.
  Connection* Find(ConnectionId id) {
    if (id.slot / kChunk >= chunks_.size()) return nullptr;
    Connection& connection = At(id.slot);
    return connection.id == id ? &connection : nullptr;
  }
  // By the slot of one that is there.
  Connection& At(uint32_t slot) { return chunks_[slot / kChunk][slot % kChunk]; }
  // Closes the descriptor, unless it was moved from.
  void Remove(Connection& connection);

  size_t size() const { return size_; }

  template <typename Visit>
  void ForEach(Visit&& visit) {
    for (const auto& chunk : chunks_) {
      for (uint32_t i = 0; i < kChunk; ++i) {
        if (chunk[i].phase != Connection::Phase::kFree) visit(chunk[i]);
      }
    }
  }

 private:
  static constexpr uint32_t kChunk = 64;

  std::vector<std::unique_ptr<Connection[]>> chunks_;
  size_t size_ = 0;
};

// The connections with a send in flight, in the order in which they were last looked at.
class SendsInFlight {
 public:
  explicit SendsInFlight(ConnectionTable* table) : table_(*table) {}

  void PushBack(Connection& connection);
  void Remove(Connection& connection);
  // The one that was looked at longest ago; null if nothing is in flight.
  Connection* Front() const { return oldest_ == kNone ? nullptr : &table_.At(oldest_); }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  ConnectionTable& table_;
  uint32_t oldest_ = kNone;
  uint32_t newest_ = kNone;
};

// A connection on its way to another shard: nothing of it is in flight.
class SocketParcel : public ConnectionParcel {
 public:
  SocketParcel(Socket its_socket, std::unique_ptr<Transport> its_transport)
      : socket(std::move(its_socket)), transport(std::move(its_transport)) {}

  Socket socket;
  std::unique_ptr<Transport> transport;
};

}  // namespace signet
