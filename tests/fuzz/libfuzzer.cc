// The entry of a libFuzzer program: it has one target.
#include "core/base/check.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const signet::fuzz::Target target = [] {
    CHECK(signet::fuzz::Targets().size() == 1);
    return signet::fuzz::Targets().front();
  }();
  return target.run(data, size);
}
