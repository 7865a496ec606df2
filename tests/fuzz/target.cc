#include "tests/fuzz/target.h"

#include <vector>

namespace signet::fuzz {
namespace {

std::vector<Target>& Targets() {
  static std::vector<Target> targets;  // There before the first of them, in whatever file.
  return targets;
}

}  // namespace

TargetDefinition::TargetDefinition(const Target& target) { Targets().push_back(target); }

const Target* FindTarget(std::string_view name) {
  for (const Target& target : Targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace signet::fuzz
