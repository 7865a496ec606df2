// In place of libFuzzer, for any compiler: runs a target over its seeds, and over what is close to
// them: every truncation and every flipped bit, or as many of those, evenly spread, as asked for.
//
// usage: fuzz_replay TARGET [--inputs N] [--verbose] FOLDER|FILE...
// --verbose writes each input down before it is run: the last one is the one that failed.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/target.h"
#include "tests/support/bytes.h"

namespace signet::fuzz {
namespace {

using Seed = std::vector<uint8_t>;

struct Options {
  const Target* target = nullptr;
  std::vector<Seed> seeds;
  size_t inputs = 0;  // Besides the seeds.
  bool verbose = false;
};

void ReadSeeds(const std::filesystem::path& path, std::vector<Seed>* seeds) {
  std::set<std::filesystem::path> files;  // In the same order on every machine.
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path)) files.insert(entry.path());
  } else {
    files.insert(path);
  }
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) continue;
    seeds->emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
}

Options ParseOptions(const std::vector<std::string_view>& arguments) {
  Options options;
  if (arguments.empty()) return options;
  options.target = FindTarget(arguments.front());
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--verbose") {
      options.verbose = true;
    } else if (arguments[i] == "--inputs" && i + 1 < arguments.size()) {
      const std::string_view text = arguments[++i];
      std::from_chars(text.data(), text.data() + text.size(), options.inputs);
    } else {
      ReadSeeds(arguments[i], &options.seeds);
    }
  }
  return options;
}

void Run(const Options& options, ByteView input) {
  if (options.verbose) std::fprintf(stderr, "%s\n", Hex(input).c_str());
  const ExactCopy copy(input);
  options.target->run(copy.view().data(), copy.view().size());
}

// A byte's worth of variants: nine of them, the last one ends in front of it.
constexpr size_t kVariants = 9;

void RunVariant(const Options& options, const Seed& seed, size_t number) {
  const size_t at = number / kVariants;
  const size_t bit = number % kVariants;
  if (bit == kVariants - 1) return Run(options, ByteView(seed).first(at));
  Seed variant = seed;
  variant[at] = static_cast<uint8_t>(variant[at] ^ 1 << bit);
  Run(options, variant);
}

void Replay(const Options& options) {
  size_t variants = 0;
  for (const Seed& seed : options.seeds) {
    Run(options, seed);
    variants += seed.size() * kVariants;
  }
  if (options.inputs == 0) return;
  const size_t stride = 1 + variants / options.inputs;
  size_t next = 0;
  for (const Seed& seed : options.seeds) {
    const size_t end = seed.size() * kVariants;
    for (; next < end; next += stride) RunVariant(options, seed, next);
    next -= end;
  }
}

}  // namespace
}  // namespace signet::fuzz

int main(int argc, char** argv) {
  const signet::fuzz::Options options = signet::fuzz::ParseOptions({argv + 1, argv + argc});
  if (options.target == nullptr || options.seeds.empty()) {
    std::fprintf(stderr, "%s\nusage: %s TARGET [--inputs N] [--verbose] FOLDER|FILE...\n",
                 options.target == nullptr ? "no such target" : "no seeds", argv[0]);
    return 2;
  }
  signet::fuzz::Replay(options);
}
