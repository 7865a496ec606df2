// What a source compiled together with others would hide: that it names something of ours whose
// header it does not include.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/include_graph.h"
#include "tests/tidy/source_file.h"

namespace signet::tidy {

class DeclarationRule {
 public:
  // All files of the project; they outlive this, as does `graph`.
  DeclarationRule(const std::vector<SourceFile>& files, const IncludeGraph& graph);

  // Each type and function that a header of ours declares in a namespace, and that the file names,
  // is declared in the file or mentioned in a header that it reaches.
  Complaints Check(const SourceFile& file) const;

 private:
  using Names = std::set<std::string_view>;

  const IncludeGraph& graph_;
  std::map<std::string_view, std::string> code_;              // By path.
  std::map<std::string_view, Names> mentioned_;               // By path.
  std::map<std::string_view, std::string_view> declared_in_;  // Names of namespaces: some header.
};

}  // namespace signet::tidy
