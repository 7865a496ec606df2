#include "tests/tidy/include_graph.h"

namespace signet::tidy {
namespace {

std::vector<std::string_view> IncludedBy(const SourceFile& file) {
  std::vector<std::string_view> headers;
  for (const std::string_view line : LinesOf(file.text)) {
    if (!line.starts_with("#include ")) continue;
    const size_t begin = line.find_first_of("<\"");
    if (begin == line.npos) continue;
    headers.push_back(line.substr(begin + 1, line.find_first_of(">\"", begin + 1) - begin - 1));
  }
  return headers;
}

}  // namespace

IncludeGraph::IncludeGraph(const std::vector<SourceFile>& files) {
  for (const SourceFile& file : files) included_[file.path] = IncludedBy(file);
}

IncludeGraph::Headers IncludeGraph::ReachedBy(const SourceFile& file) const {
  Headers reached;
  for (std::vector<std::string_view> next = IncludedBy(file); !next.empty();) {
    const std::string_view header = next.back();
    next.pop_back();
    const auto ours = included_.find(header);
    if (!reached.insert(header).second || ours == included_.end()) continue;
    next.insert(next.end(), ours->second.begin(), ours->second.end());
  }
  return reached;
}

}  // namespace signet::tidy
