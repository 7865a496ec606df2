#include "tests/support/instruction_count.h"

#include <csignal>

#include "core/base/check.h"

namespace signet {
namespace {

#ifdef __x86_64__
// While the trap flag is set the processor interrupts after every instruction, and the kernel turns
// that into SIGTRAP for this thread; the handler itself runs without the flag.
constexpr unsigned long long kTrapFlag = 0x100;
volatile sig_atomic_t steps = 0;

void CountStep(int /*signal*/) { steps = steps + 1; }

void SetTrapFlag() { __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | kTrapFlag); }
void ClearTrapFlag() {
  __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~kTrapFlag);
}
#endif

}  // namespace

std::optional<uint64_t> CountInstructions(const std::function<void()>& code) {
#ifdef __x86_64__
  struct sigaction counting = {};
  struct sigaction before = {};
  counting.sa_handler = CountStep;
  CHECK(sigaction(SIGTRAP, &counting, &before) == 0);
  steps = 0;
  SetTrapFlag();
  code();
  ClearTrapFlag();
  CHECK(sigaction(SIGTRAP, &before, nullptr) == 0);
  return static_cast<uint64_t>(steps);
#else
  (void)code;
  return std::nullopt;
#endif
}

}  // namespace signet
