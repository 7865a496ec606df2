// The entry of libFuzzer's program, which has all targets; SIGNET_FUZZ_TARGET in the environment
// names the one that is run. One program is built and linked in a fraction of the time of one for
// each.
#include <cstdlib>
#include <string_view>

#include "core/base/check.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const signet::fuzz::Target* const target = [] {
    const char* name = std::getenv("SIGNET_FUZZ_TARGET");
    return signet::fuzz::FindTarget(name == nullptr ? std::string_view() : name);
  }();
  CHECK(target != nullptr);
  return target->run(data, size);
}
