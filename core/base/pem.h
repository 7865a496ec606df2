// PEM (RFC 7468): what a file of certificates holds, block by block, so that an error can say which
// one of them is wrong. Text between blocks is ignored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace signet {

struct PemBlock {
  std::string label;  // "CERTIFICATE", "X509 CRL".
  // Empty for a private key, which is never decoded here: its bytes would lie about unwiped.
  std::vector<uint8_t> der;
};

// All blocks of `text`, in order. The sentence says which block is wrong, and goes on after a name:
// "its block 2 (CERTIFICATE) is not Base64".
StatusOr<std::vector<PemBlock>> ParsePem(std::string_view text);

}  // namespace signet
