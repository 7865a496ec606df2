// What a precompiled header would hide: that a source names something of a header and includes it
// nowhere. Who compiles by ./tools/run has none.
#pragma once

#include <string_view>
#include <vector>

#include "tests/tidy/include_graph.h"
#include "tests/tidy/source_file.h"

namespace signet::tidy {

// The headers that are known here: all of those that are precompiled must be.
std::vector<std::string_view> KnownHeaders();

// What a file names it includes, or one of our headers does that it includes.
Complaints CheckHeaders(const SourceFile& file, const IncludeGraph& graph);

}  // namespace signet::tidy
