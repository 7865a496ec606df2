// ProcessStage: the program `signet`, on a port of loopback, as a stage. It serves one case after
// the other, so each leaves the broker as it found it: no Session, and no Retained Message.
#pragma once

#include <set>
#include <string>

#include "tests/conformance/stage.h"
#include "tests/support/socket_client.h"

namespace signet::conformance {

class ProcessStage : public Stage {
 public:
  explicit ProcessStage(uint16_t port) : port_(port) {}
  ~ProcessStage() override;

  size_t Open() override;
  void Send(size_t connection, ByteView bytes) override;
  std::vector<uint8_t> Receive(size_t connection, Patience patience) override;
  bool IsClosed(size_t connection) override;
  void Drop(size_t connection) override;
  void Wait(std::chrono::milliseconds time) override;

 private:
  struct Connection {
    SocketClient socket;
    bool closed = false;
  };

  // Notes what the bytes leave in the broker, as far as they begin with a packet.
  void Note(ByteView bytes);
  void EndSession(const std::string& client_id);
  void RemoveRetained();

  const uint16_t port_;
  std::vector<Connection> connections_;
  std::set<std::string> client_ids_;
  std::set<std::string> retained_topics_;
};

}  // namespace signet::conformance
