// signet: the broker. Reads the command line and the configuration, serves, and waits to be
// stopped.
#include <csignal>
#include <cstdio>
#include <cstring>

#include "core/base/memory_reserve.h"
#include "fmt/format.h"
#include "tools/broker/config_check.h"
#include "tools/broker/log_sink.h"
#include "tools/broker/machine.h"
#include "tools/broker/options.h"
#include "tools/broker/service.h"

namespace signet {
namespace {

// Signals that stop the broker, or make it read its configuration again; waited for on this thread,
// so no other may get them.
sigset_t AwaitedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// For whoever started us: where to connect to.
void Announce(const ShardGroup& group) {
  for (const ListenAddress& address : group.addresses()) {
    fmt::print("listening {}\n", address.ToText());
  }
  std::fflush(stdout);
}

void LogResources(const BrokerOptions& options, uint64_t open_files, LogSink& log) {
  if (open_files >= options.limits.connections) return;
  log.Write(LogLevel::kInfo, "connections are limited by open files (ulimit -n)",
            {{"open_files", fmt::format("{}", open_files)},
             {"limit", fmt::format("{}", options.limits.connections)}});
}

int Run(const BrokerOptions& typed) {
  const sigset_t signals = AwaitedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  BrokerOptions options = typed;
  config::LoadResult loaded;
  if (!typed.config.empty()) {
    loaded = ConfigFiles(typed.config).Load();
    if (!loaded.configuration) {
      for (const config::Problem& problem : loaded.problems) {
        fmt::print(stderr, "{}\n", config::ToLine(problem));
      }
      return 1;
    }
    options = WithConfiguration(typed, loaded.configuration->broker);
  }

  BrokerLog log(options.log_format, options.log_level);
  const uint64_t open_files = RaiseOpenFilesLimit();
  if (!MemoryReserve::SetAside()) {
    fmt::print(stderr, "signet: there is not enough memory to start\n");
    return 1;
  }
  auto service = Service::Start(typed, options, std::move(loaded), signals, &log);
  if (!service.ok()) {
    fmt::print(stderr, "signet: {}\n", service.error().sentence());
    return 1;
  }
  LogResources(options, open_files, log);
  Announce((*service)->group());

  const int signal = (*service)->Serve();
  log.Write(LogLevel::kInfo, "stopping", {{"signal", strsignal(signal)}});
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // A second one ends us at once.
  (*service)->Drain();
  log.Write(LogLevel::kInfo, "stopped", {{"log_lines_dropped", fmt::format("{}", log.dropped())}});
  return 0;
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  using signet::CommandLine;
  const CommandLine line = signet::ParseCommandLine(argc, argv, signet::AllowedProcessors());
  if (!line.exit && line.options.check) return signet::CheckConfig(line.options.config);
  if (!line.exit) return signet::Run(line.options);
  std::fputs(line.exit->output.c_str(), stdout);
  std::fputs(line.exit->error.c_str(), stderr);
  return line.exit->code;
}
