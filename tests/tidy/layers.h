// Who may include whom: the table of docs/ARCHITECTURE.md as data. A layer that no test guards is a
// wish.
#pragma once

#include "tests/tidy/source_file.h"

namespace signet::tidy {

// Includes that point up or sideways, or to a library that is not for this layer.
Complaints CheckIncludes(const SourceFile& file);

}  // namespace signet::tidy
