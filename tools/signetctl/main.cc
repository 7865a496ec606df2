// signetctl: what an operator types beside the broker.
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "fmt/format.h"
#include "tools/signetctl/command_line.h"
#include "tools/signetctl/control_client.h"
#include "tools/signetctl/control_verbs.h"
#include "tools/signetctl/passwd.h"
#include "tools/signetctl/password_prompt.h"

namespace signet {
namespace {

Status Run(const PasswdOptions& options) {
  if (options.action == PasswdOptions::Action::kDelete) return Passwd(options, SecretBytes());
  const StatusOr<SecretBytes> password = AskForPassword(STDIN_FILENO);
  if (!password.ok()) return password.error();
  if (Status status = CheckPassword(options, *password); !status.ok()) return status;
  return Passwd(options, *password);
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  const signet::CtlCommandLine line = signet::ParseCtlCommandLine(argc, argv);
  if (line.exit) {
    std::fputs(line.exit->output.c_str(), stdout);
    std::fputs(line.exit->error.c_str(), stderr);
    return line.exit->code;
  }
  if (line.control) {
    const signet::ControlOutcome outcome =
        signet::RunControl(*line.control, [&](const signet::ControlCall& call) {
          return signet::CallBroker(line.control->socket, call);
        });
    std::fputs(outcome.output.c_str(), stdout);
    std::fputs(outcome.error.c_str(), stderr);
    return outcome.exit_code;
  }
  const signet::Status status = signet::Run(line.passwd);
  if (status.ok()) return 0;
  fmt::print(stderr, "signetctl: {}\n", status.sentence());
  return 1;
}
