// The small rules: how a file begins, which calls have a better replacement, where main() lives.
#pragma once

#include "tests/tidy/source_file.h"

namespace signet::tidy {

// Calls and types that have something better here; the complaint names it.
Complaints CheckBans(const SourceFile& file);

// main() lives in tools/, bench/ and tests/ alone.
Complaints CheckMain(const SourceFile& file);

// A header opens with what it is for, and is guarded by #pragma once.
Complaints CheckHeaderOpening(const SourceFile& file);

// What is shipped is finished: none of the usual three marks of what is left to do.
Complaints CheckLeftovers(const SourceFile& file);

// A page of Markdown has one title.
Complaints CheckTitle(const SourceFile& file);

}  // namespace signet::tidy
