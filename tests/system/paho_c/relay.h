// Relay: a wire between a client and the broker that can be cut, or made to swallow one direction.
// A thread of its own carries the bytes; all else is for the test's thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <semaphore>
#include <thread>
#include <vector>

namespace signet {

class Relay {
 public:
  enum Direction : uint8_t { kUp, kDown };  // To the broker, and from it.

  explicit Relay(uint16_t broker_port);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  uint16_t port() const { return port_; }

  // From now on what goes in this direction is lost on the way.
  void Mute(Direction direction) { muted_[direction] = true; }

  // Resets what is connected. Connections made afterwards are whole again.
  void Cut() { Ask(kCut); }

 private:
  enum Request : uint8_t { kNothing, kCut, kStop };
  struct Wire {
    std::array<int, 2> ends;  // The client's and the broker's: what comes from ends[d] goes in d.
  };

  void Ask(Request request);
  void Run();
  void Accept();
  // False if the wire has come to its end.
  bool Carry(const Wire& wire, Direction direction);
  void CutAll();

  const uint16_t broker_port_;
  uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;  // An eventfd.
  std::atomic<Request> request_ = kNothing;
  std::binary_semaphore answered_{0};
  std::array<std::atomic<bool>, 2> muted_{};
  std::vector<Wire> wires_;
  std::thread thread_;
};

}  // namespace signet
