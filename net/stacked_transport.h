// StackedTransport: one Transport upon another, WebSocket upon TLS for one. What the lower one
// opens is received by the upper one; what the upper one would put on the wire is wrapped by the
// lower one. In between, bytes stand in a queue that lives for one call and takes its memory from
// where `wire` does, so that the two can move to another shard between calls.
#pragma once

#include <memory>

#include "net/transport.h"

namespace signet {

class StackedTransport final : public Transport {
 public:
  StackedTransport(std::unique_ptr<Transport> lower, std::unique_ptr<Transport> upper);

  // When the upper one fails, its last words leave through the lower one, which then takes leave as
  // well. When the lower one fails, what the upper one had to say is lost with it.
  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override;
  void Send(std::span<const ByteView> plain, OutputQueue* wire) override;
  // Of the upper one, then of the lower one.
  void Close(OutputQueue* wire) override;

  // Open when both are, ended as soon as one is.
  State state() const override;
  SharedChain TakePeerChain() override { return lower_->TakePeerChain(); }

  // For what is asked of one of the two alone, such as a certificate of the peer.
  const Transport& lower() const { return *lower_; }
  const Transport& upper() const { return *upper_; }

 private:
  // Hands what the upper one appended to `between` down; empties it.
  void SendDown(OutputQueue* between, OutputQueue* wire);
  void CloseLower(OutputQueue* wire);

  std::unique_ptr<Transport> lower_;
  std::unique_ptr<Transport> upper_;
  bool closed_lower_ = false;
};

}  // namespace signet
