// CHECK, DCHECK and UNREACHABLE: for our own mistakes, never for what a peer, a file or the kernel
// may do. A failed check prints its place and ends the process, because going on would serve
// clients from a state nobody thought of. CHECK stays in release builds; DCHECK is for the path of
// a PUBLISH.
#pragma once

namespace signet::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace signet::internal

#define CHECK(condition)              \
  (__builtin_expect(!!(condition), 1) \
       ? static_cast<void>(0)         \
       : ::signet::internal::CheckFailed(__FILE__, __LINE__, #condition))

#ifdef NDEBUG
#define DCHECK(condition) static_cast<void>(sizeof(!!(condition)))
#else
#define DCHECK(condition) CHECK(condition)
#endif

#define UNREACHABLE() ::signet::internal::CheckFailed(__FILE__, __LINE__, "unreachable")
