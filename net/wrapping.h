// Wrapping: what a connection has more than plain TCP while something lies between its socket and
// MQTT: the header of a proxy, which comes first and once, then a Transport. Owned by its
// Connection. Its transport goes with that to another shard; nothing else is left by then.
#pragma once

#include <memory>
#include <vector>

#include "core/base/output_queue.h"
#include "net/proxy_header.h"
#include "net/transport.h"

namespace signet {

struct Wrapping {
  // Plain output that is wrapped at once, at most: the rest stays with the Client, whose limits
  // then see it.
  static constexpr size_t kMaxWireBytes = 64 * 1024;

  Wrapping(std::unique_ptr<Transport> its_transport, BlockPool* pool)
      : transport(std::move(its_transport)), wire(pool) {}

  bool handshaking() const {
    return proxy != nullptr || transport->state() == Transport::State::kHandshaking;
  }

  std::unique_ptr<ProxyHeaderReader> proxy;  // Null: read, or not expected.
  std::unique_ptr<Transport> transport;      // May be null until the header is read.
  OutputQueue wire;                          // What waits to be sent, and what is being sent.
  std::vector<uint8_t> postponed;  // Received, when the turn's budget for handshakes was spent.
  bool broken = false;             // The transport has failed: nothing goes through it any more.
  bool said_goodbye = false;
};

}  // namespace signet
