// signet --check: whether a configuration is good.
#pragma once

#include <filesystem>
#include <string>

namespace signet {

struct ConfigVerdict {
  int exit_code = 0;  // 1 if it is refused, or a port of it would not open.
  std::string output;
};

// A line for each problem, or for its being good.
ConfigVerdict JudgeConfig(const std::filesystem::path& where);

// Prints that, and returns the exit code.
int CheckConfig(const std::filesystem::path& where);

}  // namespace signet
