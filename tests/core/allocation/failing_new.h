// Replaces operator new of the whole program by one that can be told to fail, as if the system had
// no memory until somebody gives some back.
#pragma once

#include <cstdint>

namespace signet::failing_new {

// Allocations by operator new so far, of threads that are not spared.
uint64_t Count();

// Whether allocations of this thread are neither counted nor failed.
void SpareThisThread(bool spare);

// The allocation with this number (the next one has Count()) fails until the new-handler has run.
void FailAt(uint64_t number);
// Every `new (std::nothrow)` fails, and is not counted.
void FailNothrow(bool fail);
// How many allocations were failed.
uint64_t Failed();

}  // namespace signet::failing_new
