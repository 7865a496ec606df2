// A target: what is done with an input, under a name. Every *_fuzz.cc defines one, and a program
// has them all: libFuzzer's (libfuzzer.cc), and the one that replays seeds (replay.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signet::fuzz {

struct Target {
  std::string_view name;
  int (*run)(const uint8_t* data, size_t size);
};

// Null: there is none of that name.
const Target* FindTarget(std::string_view name);

struct TargetDefinition {
  explicit TargetDefinition(const Target& target);
};

}  // namespace signet::fuzz

// What follows is the body of a function that gets `data` and `size`, and returns 0.
#define FUZZ_TARGET(name)                                                           \
  static int Fuzz_##name(const uint8_t* data, size_t size);                         \
  static const signet::fuzz::TargetDefinition defined_##name({#name, Fuzz_##name}); \
  static int Fuzz_##name([[maybe_unused]] const uint8_t* data, [[maybe_unused]] size_t size)
