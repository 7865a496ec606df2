#include "tests/fuzz/target.h"

namespace signet::fuzz {

std::vector<Target>& Targets() {
  static std::vector<Target> targets;  // There before the first of them, in whatever file.
  return targets;
}

}  // namespace signet::fuzz
