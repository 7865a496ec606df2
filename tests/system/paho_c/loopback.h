// Sockets on 127.0.0.1, as the wires of these tests need them. What fails, fails the test.
#pragma once

#include <cstdint>

namespace signet {

struct Listener {
  int fd;
  uint16_t port;
};
Listener ListenOnLoopback();

// -1 if nobody listens there.
int ConnectToLoopback(uint16_t port);

void SendAtOnce(int fd);

}  // namespace signet
