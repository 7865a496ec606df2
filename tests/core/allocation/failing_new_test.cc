// The replacement itself; a source of this program only, because it changes all of it.
#include "tests/core/allocation/failing_new.h"

#include <cstdlib>
#include <new>

namespace signet::failing_new {
namespace {

// The tests of this program have one thread.
uint64_t count = 0;
uint64_t fail_at = UINT64_MAX;
uint64_t failed = 0;
bool fail_nothrow = false;

// As the standard describes operator new: the handler runs until there is memory.
void* Allocate(std::size_t size) {
  if (count++ == fail_at) {
    fail_at = UINT64_MAX;
    ++failed;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) std::abort();
    handler();
  }
  return std::malloc(size == 0 ? 1 : size);
}

}  // namespace

uint64_t Count() { return count; }
void FailAt(uint64_t number) { fail_at = number; }
void FailNothrow(bool fail) { fail_nothrow = fail; }
uint64_t Failed() { return failed; }

}  // namespace signet::failing_new

void* operator new(std::size_t size) { return signet::failing_new::Allocate(size); }
void* operator new[](std::size_t size) { return signet::failing_new::Allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return signet::failing_new::fail_nothrow ? nullptr : std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
