// Randomness for keys, nonces and serial numbers: the kernel's.
#pragma once

#include "core/base/bytes.h"

namespace signet {

// Any thread. False only where the kernel gives none.
bool FillRandom(MutableBytes bytes);

}  // namespace signet
