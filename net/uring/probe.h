// What this kernel offers of what we use if it is there. Found by trying it on a pair of sockets,
// never by the kernel's version: distributions add and take away, and filters forbid.
#pragma once

#include "core/base/status.h"

namespace signet {

struct KernelFeatures {
  bool incremental_buffers = false;  // And they behave as BufferRing expects.
  bool receive_cap = false;  // A multishot receive takes a length, the most that it brings at once.
  bool ring_messages = false;  // MSG_RING between two rings.
};

// The error says in one sentence what is missing, why, and what to do. Takes less than a
// millisecond.
StatusOr<KernelFeatures> ProbeKernel();

}  // namespace signet
