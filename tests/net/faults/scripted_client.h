// ScriptedClient: a client of a scenario, which knows each packet that it is to get and in what
// order. Anything else that it gets, and anything that does not come, is a failure of the test. It
// notes when the broker ends its connection; whether that may be is for others to judge.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/bytes.h"
#include "tests/support/socket_client.h"

namespace signet {

class ScriptedClient {
 public:
  explicit ScriptedClient(std::string name) : name_(std::move(name)) {}

  // Its Client Identifier.
  const std::string& name() const { return name_; }
  // Its own port, of the latest connection.
  uint16_t port() const { return port_; }
  bool is_connected() const { return socket_.has_value(); }

  void Connect(uint16_t broker_port);
  void Send(ByteView bytes);
  // These packets, whole, come next; or may, if they are `excused`.
  void Expect(ByteView packets, bool excused = false);
  // Kept apart, since PINGRESP overtakes what waits for another shard.
  void ExpectPingresps(size_t count) { pingresps_ += count; }
  // What is expected and has not come may never come.
  void ExcuseRest();

  // Until everything has come that must, or the broker has ended the connection.
  void ReceiveAll();
  // Until the broker ends the connection.
  void ReceiveEnd();
  // Closes without a word; or so that the broker sees a reset.
  void Close() { socket_.reset(); }
  void Reset();

 private:
  struct Expected {
    std::vector<uint8_t> packet;
    bool excused = false;
  };

  bool HasAll() const;
  // At the end of the stream there is no connection any more.
  void ReceiveSome();
  void Take(ByteView packet);

  const std::string name_;
  uint16_t port_ = 0;
  std::optional<SocketClient> socket_;
  std::vector<uint8_t> received_;  // The beginning of a packet.
  std::deque<Expected> expected_;
  size_t pingresps_ = 0;
};

}  // namespace signet
