// ScramCredential: what a server keeps of a user for SCRAM-SHA-256 (RFC 5802, 3; RFC 7677). From it
// nobody can make the proof of a client; who has server_key can pass for the server.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace signet::auth {

struct ScramCredential {
  uint32_t iterations = 0;
  std::vector<uint8_t> salt;
  std::array<uint8_t, 32> stored_key{};
  std::array<uint8_t, 32> server_key{};
};

}  // namespace signet::auth
