// What signetctl is told to ask a running broker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace signet {

struct ControlOptions {
  enum class Verb : uint8_t { kClients, kClient, kKick, kRevoke, kExplain };

  Verb verb = Verb::kClients;
  std::string socket;
  bool json = false;
  std::string client_id;
  bool with_absent = false;  // kClients.
  // kRevoke, as tools/control/control_request.h has them.
  std::string by;
  std::string value;
  std::string issuer;
  // kExplain. With a username or attributes it is about somebody who need not exist.
  std::string action;
  std::string topic;
  std::optional<uint32_t> qos;
  bool retain = false;
  std::optional<std::string> username;
  std::vector<std::string> attributes;  // NAME=VALUE.
  std::string listener;

  bool is_supposed() const { return username.has_value() || !attributes.empty(); }
};

// The subcommands of the command line that ask a broker; outlives its parsing.
class ControlCommands {
 public:
  explicit ControlCommands(CLI::App* app);

  // The one that was typed; nothing: none of these.
  std::optional<ControlOptions> Typed() const;
  // The first thing that is wrong with it; empty if nothing is.
  static std::string FindMistake(const ControlOptions& options);

 private:
  CLI::App* Add(CLI::App* app, ControlOptions::Verb verb, const char* name, const char* meaning);
  void DefineRevoke(CLI::App* revoke);
  void DefineExplain(CLI::App* explain);

  struct Command {
    CLI::App* app;
    ControlOptions::Verb verb;
  };
  std::vector<Command> commands_;
  ControlOptions options_;
  // Of revoke, each by its own option.
  std::string revoked_username_;
  std::string service_account_;
  std::string subject_;
  std::string jti_;
  std::string serial_;
};

}  // namespace signet
