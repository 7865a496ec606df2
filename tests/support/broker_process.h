// BrokerProcess: a broker of its own for a test: the program `signet` beside the test program, on a
// free port of 127.0.0.1. It is stopped by SIGTERM, which must end it with exit code 0, and does
// not outlive the test. A test that uses it needs add_dependencies(my_test signet).
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

class BrokerProcess {
 public:
  struct Options {
    // Added to the command line, for example "--shards", "2".
    std::vector<std::string> arguments;
    uint64_t open_files = 0;  // RLIMIT_NOFILE, soft and hard; 0: as it is.
    // If not, the arguments say where to listen: first of all at a port of 127.0.0.1.
    bool listen = true;
  };

  // Returns once the broker listens; if it does not the test fails, and port() is 0.
  BrokerProcess();
  explicit BrokerProcess(const Options& options);
  BrokerProcess(const BrokerProcess&) = delete;
  BrokerProcess& operator=(const BrokerProcess&) = delete;
  ~BrokerProcess();

  uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

  // Fails the test if it does not end with exit code 0, and in time.
  void Stop(int signal = SIGTERM);
  // SIGKILL: as if the machine had lost power, but for the page cache.
  void Kill();
  // All that it has logged so far.
  std::string Log() const;
  // Processor time it has used so far, of all threads, in seconds.
  double ProcessorTime() const;
  // Time for which its threads were ready to run and others had the processors, added up, in
  // seconds; 0 where the kernel does not count it.
  double DeniedTime() const;
  // Memory of it that is in RAM now. Under a sanitizer that is the sanitizer's more than its own.
  uint64_t ResidentBytes() const;
  // The most that ResidentBytes() has ever been.
  uint64_t PeakResidentBytes() const;

  static std::string Binary();

 private:
  void Start(const Options& options);
  void ReadPort(int output);
  // Its exit status as waitpid() gives it; -1 if it does not end in time.
  int WaitForEnd();

  pid_t pid_ = -1;
  uint16_t port_ = 0;
  int log_ = -1;  // A file in memory: its standard error.
};

// What a program that ends by itself has to say.
struct ProgramOutcome {
  int exit_code = -1;
  std::string output;
  std::string error;
};
// `confine` runs in the child, right before the program; it makes system calls and nothing else.
ProgramOutcome RunBroker(const std::vector<std::string>& arguments,
                         const std::function<void()>& confine = {});

// With how many shards a system test runs: 1, 2 and 4 in a whole run of tools/test, each of the
// three presets one of them. What ThreadSanitizer does not have, or what has bounds that hold as
// shipped alone, runs with kShardCountsOfTwoPresets.
#if defined(__SANITIZE_THREAD__)
inline constexpr std::array kShardCounts{4u};
inline constexpr std::array kShardCountsOfTwoPresets{4u};
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr std::array kShardCounts{2u};
inline constexpr std::array kShardCountsOfTwoPresets{4u};
#else
inline constexpr std::array kShardCounts{1u};
inline constexpr std::array kShardCountsOfTwoPresets{1u, 2u};
#endif

}  // namespace signet
