// The replacement itself; a source of such programs only, because it changes all of one.
#include "tests/core/allocation/failing_new.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace signet::failing_new {
namespace {

std::atomic<uint64_t> count = 0;
std::atomic<uint64_t> fail_at = UINT64_MAX;
std::atomic<uint64_t> times_failed = 0;
std::atomic<bool> fail_nothrow = false;
thread_local bool spared = false;

// As the standard describes operator new: the handler runs until there is memory.
void* Allocate(std::size_t size) {
  if (!spared && count++ == fail_at) {
    fail_at = UINT64_MAX;
    ++times_failed;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) std::abort();
    handler();
  }
  return std::malloc(size == 0 ? 1 : size);
}

// The same, but the handler may give up.
void* AllocateOrNot(std::size_t size) noexcept {
  if (fail_nothrow) return nullptr;
  try {
    return Allocate(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

uint64_t Count() { return count; }
void SpareThisThread(bool spare) { spared = spare; }
void FailAt(uint64_t number) { fail_at = number; }
void FailNothrow(bool fail) { fail_nothrow = fail; }
uint64_t Failed() { return times_failed; }

}  // namespace signet::failing_new

void* operator new(std::size_t size) { return signet::failing_new::Allocate(size); }
void* operator new[](std::size_t size) { return signet::failing_new::Allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return signet::failing_new::AllocateOrNot(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
