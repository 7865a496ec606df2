#include "tests/fuzz/target.h"

namespace signet::fuzz {

std::vector<Target>& Targets() {
  static std::vector<Target> targets;  // There before the first of them, in whatever file.
  return targets;
}

const Target* FindTarget(std::string_view name) {
  for (const Target& target : Targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace signet::fuzz
