// Stage: a broker as a conformance case sees it: Network Connections, bytes, time. One for the core
// in memory (core_stage.h), one for the program over TCP (process_stage.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"

namespace signet::conformance {

class Stage {
 public:
  // How long to wait for something that should come, and for something that should not.
  enum class Patience : uint8_t { kExpecting, kDoubting, kNone };

  virtual ~Stage() = default;

  // A new Network Connection; its number.
  virtual size_t Open() = 0;
  virtual void Send(size_t connection, ByteView bytes) = 0;
  // What has arrived since the last call. Nothing: nothing has come in time, or the broker has
  // closed.
  virtual std::vector<uint8_t> Receive(size_t connection, Patience patience) = 0;
  // Whether the broker has closed, seen by a Receive() that gave nothing.
  virtual bool IsClosed(size_t connection) = 0;
  // Cuts the connection. What was under way from the broker is lost.
  virtual void Drop(size_t connection) = 0;
  virtual void Wait(std::chrono::milliseconds time) = 0;
};

}  // namespace signet::conformance
