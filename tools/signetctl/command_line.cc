#include "tools/signetctl/command_line.h"

#include <sstream>

#include "CLI/CLI.hpp"
#include "auth/password/password_hash.h"
#include "auth/password/user_file.h"
#include "fmt/format.h"

namespace signet {
namespace {

constexpr int kWrongUsage = 2;

CtlCommandLine Exits(int code, std::string output, std::string error) {
  return {.exit =
              CtlCommandLine::Exit{
                  .code = code, .output = std::move(output), .error = std::move(error)},
          .control = {},
          .passwd = {}};
}

CtlCommandLine WrongUsage(std::string_view sentence) {
  return Exits(kWrongUsage, "", fmt::format("signetctl: {}\n", sentence));
}

void DefinePasswd(CLI::App* passwd, PasswdOptions* options, bool* create, bool* remove) {
  passwd->add_flag("-c,--create", *create, "Begin a new file; one that is there is replaced");
  passwd->add_flag("-D,--delete", *remove, "Take the user out, without asking for a password")
      ->excludes("--create");
  passwd->add_flag("--scram", options->scram,
                   "Write a hash that also serves SCRAM-SHA-256; the password must then be "
                   "printable ASCII");
  passwd->add_option("--iterations", options->iterations,
                     fmt::format("How slow the hash is; {} without --scram, {} with it",
                                 kPbkdf2Iterations, kScramIterations));
  passwd->add_option("FILE", options->file, "The file of users")->required();
  passwd->add_option("USER", options->user, "The user's name, without a colon")->required();
}

// The first thing that is wrong with what was typed; empty if nothing is.
std::string FindMistake(const PasswdOptions& options) {
  const uint32_t least = options.scram ? kLeastScramIterations : kLeastPbkdf2Iterations;
  if (options.iterations < least || options.iterations > auth::kMaxHashIterations) {
    return fmt::format("--iterations must be from {} to {}{}", least, auth::kMaxHashIterations,
                       options.scram ? " with --scram" : "");
  }
  const Status name = auth::CheckUserName(options.user);
  return name.ok() ? "" : fmt::format("the user's name {}", name.sentence());
}

}  // namespace

CtlCommandLine ParseCtlCommandLine(int argc, const char* const* argv) {
  CLI::App app("Looks after a broker and its files.", "signetctl");
  app.set_version_flag("--version", "signetctl " SIGNET_VERSION);
  app.require_subcommand(1);
  CtlCommandLine line;
  bool create = false;
  bool remove = false;
  CLI::App* passwd = app.add_subcommand(
      "passwd",
      "Sets a user's password in a file of users, as `passwordSettings.usersFile` of a "
      "BrokerAuthentication names it. The password is asked for on a terminal; otherwise it is the "
      "first line of standard input.");
  DefinePasswd(passwd, &line.passwd, &create, &remove);
  const ControlCommands control(&app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Error& error) {
    std::ostringstream output;
    std::ostringstream complaint;
    const bool asked = app.exit(error, output, complaint) == 0;
    if (asked) return Exits(0, output.str(), "");
    return WrongUsage(fmt::format("{}; see signetctl --help", error.what()));
  }
  line.control = control.Typed();
  if (line.control) {
    const std::string mistake = ControlCommands::FindMistake(*line.control);
    return mistake.empty() ? line : WrongUsage(mistake);
  }
  using Action = PasswdOptions::Action;
  line.passwd.action = remove ? Action::kDelete : create ? Action::kCreate : Action::kSet;
  if (passwd->count("--iterations") == 0) {
    line.passwd.iterations = line.passwd.scram ? kScramIterations : kPbkdf2Iterations;
  }
  const std::string mistake = FindMistake(line.passwd);
  return mistake.empty() ? line : WrongUsage(mistake);
}

}  // namespace signet
