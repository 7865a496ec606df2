// The command line of the broker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/config/broker.h"
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
  std::string config;                  // A file or a folder of manifests; empty: there is none.
  bool check = false;                  // Only look at `config`; it is not empty then.
  std::optional<SocketAddress> admin;  // Of the loopback interface.
  std::string state;                   // The folder of what the broker has to remember.
  // The path of the socket that signetctl uses; empty: there is none.
  std::string control;

  // What was typed, and so holds whatever the configuration says.
  bool shards_typed = false;
  bool log_format_typed = false;
  bool log_level_typed = false;
  bool control_typed = false;
  std::vector<std::pair<std::string, uint64_t>> limits_typed;
};

// The options with what the configuration says of the broker as a whole.
BrokerOptions WithConfiguration(BrokerOptions options, const config::Broker& broker);

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
