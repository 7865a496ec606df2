// The command line of the broker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "net/socket_address.h"

namespace signet {

enum class LogFormat : uint8_t { kText, kJson };

struct BrokerOptions {
  std::vector<SocketAddress> listen;
  uint32_t shards = 1;
  bool pin = true;
  Limits limits;
  std::string response_information;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
};

// Either options to start with, or what to print and how to exit at once.
struct CommandLine {
  struct Exit {
    int code = 0;
    std::string output;  // For standard output.
    std::string error;   // For standard error: one sentence.
  };
  BrokerOptions options;
  std::optional<Exit> exit;
};

// `processors`: the default number of shards.
CommandLine ParseCommandLine(int argc, const char* const* argv, uint32_t processors);

// Limits as the table of docs/LIMITS.md.
std::string LimitsAsMarkdown();

}  // namespace signet
