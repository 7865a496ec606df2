// Link: a client of a CoreWorld that says what it is told to, sense or not, and can answer as a
// good one would. All that it gets has to be packets.
#pragma once

#include <deque>
#include <vector>

#include "core/mqtt/connect.h"
#include "tests/support/core_world.h"
#include "tests/support/received.h"

namespace signet::fuzz {

class Link {
 public:
  // Opens a connection and sends `connect` first, so that it is known in whose name it speaks. What
  // was there before is left alone.
  void Connect(CoreWorld* world, uint32_t shard, const ConnectView& connect);
  // Neither does anything if there is no connection.
  void Send(ByteView bytes);
  void Drop();
  // Takes apart what has come.
  void Receive();
  // Receives, and gives what has come since the last call.
  std::deque<Received> TakeReceived();
  // Receives, and sends what each packet asks for.
  void Answer();

  bool is_open() const { return peer_ != nullptr; }
  CoreWorld::Peer& peer() { return *peer_; }
  ProtocolVersion version() const { return version_; }

 private:
  void SendAck(PacketType type, PacketId id);

  CoreWorld::Peer* peer_ = nullptr;
  ProtocolVersion version_ = ProtocolVersion::k5;
  std::vector<uint8_t> bytes_;
  std::deque<Received> received_;
};

}  // namespace signet::fuzz
