// KeyAlgorithm: the private keys that a certificate of our making can have, as a listener's
// `privateKey.algorithm` names them.
#pragma once

#include <cstdint>

namespace signet {

enum class KeyAlgorithm : uint8_t {
  kEc256,
  kEc384,
  kEc521,
  kEd25519,
  kRsa2048,
  kRsa4096,
  kRsa8192,
};

}  // namespace signet
