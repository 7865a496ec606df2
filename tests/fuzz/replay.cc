// In place of libFuzzer, for any compiler: runs a target over its seeds, and over what is close to
// them: every truncation and every flipped bit, or as many of those, evenly spread, as asked for.
//
// usage: fuzz_NAME_test [--inputs N] [--verbose] FOLDER|FILE...
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

#include "tests/support/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace signet {
namespace {

using Seed = std::vector<uint8_t>;

struct Options {
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
  for (size_t i = 0; i < arguments.size(); ++i) {
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

void Run(ByteView input, bool verbose) {
  if (verbose) std::fprintf(stderr, "%s\n", Hex(input).c_str());
  const ExactCopy copy(input);
  LLVMFuzzerTestOneInput(copy.view().data(), copy.view().size());
}

// A byte's worth of variants: nine of them, the last one ends in front of it.
constexpr size_t kVariants = 9;

void RunVariant(const Seed& seed, size_t number, bool verbose) {
  const size_t at = number / kVariants;
  const size_t bit = number % kVariants;
  if (bit == kVariants - 1) return Run(ByteView(seed).first(at), verbose);
  Seed variant = seed;
  variant[at] = static_cast<uint8_t>(variant[at] ^ 1 << bit);
  Run(variant, verbose);
}

void Replay(const Options& options) {
  size_t variants = 0;
  for (const Seed& seed : options.seeds) {
    Run(seed, options.verbose);
    variants += seed.size() * kVariants;
  }
  if (options.inputs == 0) return;
  const size_t stride = 1 + variants / options.inputs;
  size_t next = 0;
  for (const Seed& seed : options.seeds) {
    const size_t end = seed.size() * kVariants;
    for (; next < end; next += stride) RunVariant(seed, next, options.verbose);
    next -= end;
  }
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  const signet::Options options = signet::ParseOptions({argv + 1, argv + argc});
  if (options.seeds.empty()) {
    std::fprintf(stderr, "no seeds\nusage: %s [--inputs N] [--verbose] FOLDER|FILE...\n", argv[0]);
    return 2;
  }
  signet::Replay(options);
}
