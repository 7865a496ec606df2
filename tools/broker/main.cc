// signet: the broker. Reads the command line, starts the shards, and waits to be stopped.
#include <csignal>
#include <cstdio>
#include <cstring>

#include "core/base/memory_reserve.h"
#include "fmt/format.h"
#include "net/shard_group.h"
#include "tools/broker/log_sink.h"
#include "tools/broker/machine.h"
#include "tools/broker/memory_trim.h"
#include "tools/broker/options.h"

namespace signet {
namespace {

// Signals that stop the broker; waited for on this thread, so no other may get them.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void Announce(const ShardGroup& group, LogSink& log) {
  for (const SocketAddress& address : group.ports()) {
    const std::string where = address.ToText();
    log.Write(LogLevel::kInfo, fmt::format("listening on {}", where), {});
    if (!address.is_loopback()) {
      log.Write(LogLevel::kWarning, "whoever reaches this port is let in without authentication",
                {{"port", where}});
    }
    fmt::print("listening {}\n", where);
  }
  std::fflush(stdout);
}

void LogResources(const BrokerOptions& options, uint64_t open_files, LogSink& log) {
  if (open_files >= options.limits.connections) return;
  log.Write(LogLevel::kInfo, "connections are limited by open files (ulimit -n)",
            {{"open_files", fmt::format("{}", open_files)},
             {"limit", fmt::format("{}", options.limits.connections)}});
}

// Looks after the memory meanwhile.
int WaitForSignal(const sigset_t& signals, ShardGroup& group) {
  constexpr timespec kInterval{.tv_sec = 1, .tv_nsec = 0};
  MemoryTrim trim;
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kInterval);
    if (signal > 0) return signal;
    const ShardGroup::Held held = group.TakeHeld();
    trim.Look(held.bytes, held.most);
  }
}

int Run(const BrokerOptions& options) {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  BrokerLog log(options.log_format, options.log_level);
  const uint64_t open_files = RaiseOpenFilesLimit();
  const uint64_t memory = options.limits.memory_bytes;
  if (!MemoryReserve::SetAside()) {
    fmt::print(stderr, "signet: there is not enough memory to start\n");
    return 1;
  }
  auto group = ShardGroup::Start({.shards = options.shards,
                                  .ports = options.listen,
                                  .limits = options.limits,
                                  .memory_bytes = memory != 0 ? memory : MemoryBytes() / 2,
                                  .response_information = options.response_information,
                                  .pin = options.pin},
                                 &log);
  if (!group.ok()) {
    fmt::print(stderr, "signet: {}\n", group.error().sentence());
    return 1;
  }
  LogResources(options, open_files, log);
  Announce(**group, log);

  const int signal = WaitForSignal(signals, **group);
  log.Write(LogLevel::kInfo, "stopping", {{"signal", strsignal(signal)}});
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // A second one ends us at once.
  (*group)->Drain();
  log.Write(LogLevel::kInfo, "stopped", {{"log_lines_dropped", fmt::format("{}", log.dropped())}});
  return 0;
}

}  // namespace
}  // namespace signet

int main(int argc, char** argv) {
  using signet::CommandLine;
  const CommandLine line = signet::ParseCommandLine(argc, argv, signet::AllowedProcessors());
  if (!line.exit) return signet::Run(line.options);
  std::fputs(line.exit->output.c_str(), stdout);
  std::fputs(line.exit->error.c_str(), stderr);
  return line.exit->code;
}
