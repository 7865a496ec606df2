#include "core/base/memory_reserve.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

namespace signet {
namespace {

std::atomic<void*> reserve{nullptr};
std::atomic<size_t> reserve_bytes{0};
// How often it was given out; a thread that fails takes note.
std::atomic<uint64_t> times_given{0};

thread_local bool not_for_me = false;
thread_local uint64_t given_seen = 0;

// Pages of its own, so that they are the kernel's again at once, and no tool that looks through the
// heap reads them all: that would take them.
void* Map(size_t bytes) {
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

// Called by operator new when there is no memory; it tries again when this returns.
void OnFailure() {
  if (not_for_me) throw std::bad_alloc();  // What the standard asks of a handler that gives up.
  if (void* const memory = reserve.exchange(nullptr)) {
    munmap(memory, reserve_bytes);
    given_seen = times_given.fetch_add(1) + 1;
    return;
  }
  // Another thread may have set it free a moment ago; that is worth one more attempt.
  const uint64_t now_given = times_given.load();
  if (std::exchange(given_seen, now_given) != now_given) return;
  std::fputs("signet: out of memory, and the reserve is used up\n", stderr);
  std::abort();
}

}  // namespace

bool MemoryReserve::SetAside(size_t bytes) {
  reserve_bytes = bytes;
  std::set_new_handler(OnFailure);
  return Refill();
}

bool MemoryReserve::IsSpent() {
  return reserve.load(std::memory_order_relaxed) == nullptr && reserve_bytes != 0;
}

bool MemoryReserve::Refill() {
  if (!IsSpent()) return true;
  void* const memory = Map(reserve_bytes);
  if (memory == nullptr) return false;
  void* none = nullptr;
  // Another thread may have been quicker.
  if (!reserve.compare_exchange_strong(none, memory)) munmap(memory, reserve_bytes);
  return true;
}

uint64_t MemoryReserve::failures() { return times_given.load(); }

MemoryReserve::NotForMe::NotForMe() { not_for_me = true; }
MemoryReserve::NotForMe::~NotForMe() { not_for_me = false; }

}  // namespace signet
