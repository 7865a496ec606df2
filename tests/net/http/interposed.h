// What libcurl calls, and the test answers. Names below `.test` are at 127.0.0.1, `slow.test` once
// it is not held any more, and `nowhere.test` nowhere; no other name is asked for in the network
// either.
#pragma once

#include <cstdint>

namespace signet {

// In its scope `slow.test` is looked up and not found, for half a minute at most.
class SlowNameHeld {
 public:
  SlowNameHeld();
  SlowNameHeld(const SlowNameHeld&) = delete;
  SlowNameHeld& operator=(const SlowNameHeld&) = delete;
  ~SlowNameHeld();
};

// Calls of getaddrinfo() that have begun, and that have not returned.
uint32_t ResolvesBegun();
uint32_t ResolvesOpen();

// How often OpenSSL was told of certificates in the file system.
uint32_t LoadsOfSystemRoots();

// The lowest version that OpenSSL was last told to speak, as on the wire: 0x0303 is TLS 1.2. (What
// its own configuration allows differs from one machine to the next.)
uint32_t LowestTlsVersion();

}  // namespace signet
