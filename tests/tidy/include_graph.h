// IncludeGraph: who includes whom, and what that brings along.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "tests/tidy/source_file.h"

namespace signet::tidy {

class IncludeGraph {
 public:
  using Headers = std::set<std::string_view>;

  // All files of the project; they outlive this.
  explicit IncludeGraph(const std::vector<SourceFile>& files);

  // The headers that a file includes, and those that ours of them do, as they are written there.
  Headers ReachedBy(const SourceFile& file) const;

 private:
  std::map<std::string_view, std::vector<std::string_view>> included_;  // By the path of who does.
};

}  // namespace signet::tidy
