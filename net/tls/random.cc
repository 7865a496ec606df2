#include "net/tls/random.h"

#include <sys/random.h>

namespace signet {

bool FillRandom(MutableBytes bytes) {
  while (!bytes.empty()) {
    const ssize_t size = getrandom(bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(size));
  }
  return true;
}

}  // namespace signet
