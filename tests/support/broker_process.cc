#include "tests/support/broker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "gtest/gtest.h"

namespace signet {
namespace {

using std::chrono::steady_clock;

// For a start, and for an end with the default drain_timeout_s, under sanitizers on a busy machine.
constexpr std::chrono::seconds kBrokerPatience{60};

struct Child {
  pid_t pid = -1;
  int output = -1;  // The reading end of its standard output.
  int error = -1;   // The file that its standard error goes to.
};

Child Launch(const std::vector<std::string>& arguments, const std::function<void()>& confine) {
  const std::string binary = BrokerProcess::Binary();
  std::vector<const char*> argv{binary.c_str()};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  argv.push_back(nullptr);
  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) return {};
  const int error = memfd_create("stderr", MFD_CLOEXEC);
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output[1], STDOUT_FILENO);
    dup2(error, STDERR_FILENO);
    if (confine) confine();
    execv(argv[0], const_cast<char* const*>(argv.data()));
    _exit(127);
  }
  close(output[1]);
  return {.pid = pid, .output = output[0], .error = error};
}

// What can be read until `end` shows up in it, or the writer closes, or the time is up.
std::string ReadUntil(int fd, std::string_view end) {
  std::string text;
  std::array<char, 512> piece;
  pollfd poll_for{.fd = fd, .events = POLLIN, .revents = 0};
  const auto patience = std::chrono::milliseconds(kBrokerPatience);
  while (text.find(end) == std::string::npos &&
         poll(&poll_for, 1, static_cast<int>(patience.count())) > 0) {
    const ssize_t size = read(fd, piece.data(), piece.size());
    if (size <= 0) break;
    text.append(piece.data(), static_cast<size_t>(size));
  }
  return text;
}

std::string WholeFile(int fd) {
  std::string text;
  std::array<char, 4096> piece;
  while (true) {
    const ssize_t size = pread(fd, piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (size <= 0) return text;
    text.append(piece.data(), static_cast<size_t>(size));
  }
}

}  // namespace

std::string BrokerProcess::Binary() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "signet";
}

BrokerProcess::BrokerProcess() { Start({}); }

BrokerProcess::BrokerProcess(const Options& options) { Start(options); }

BrokerProcess::~BrokerProcess() {
  if (pid_ > 0) Stop();
  if (log_ >= 0) close(log_);
}

void BrokerProcess::Start(const Options& options) {
  std::vector<std::string> arguments;
  if (options.listen) arguments = {"--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  const Child child = Launch(arguments, [&] {
    if (options.open_files == 0) return;
    const rlimit limit{.rlim_cur = options.open_files, .rlim_max = options.open_files};
    setrlimit(RLIMIT_NOFILE, &limit);
  });
  pid_ = child.pid;
  log_ = child.error;
  ReadPort(child.output);
  close(child.output);
  EXPECT_NE(port_, 0) << "the broker does not start: " << Log();
}

void BrokerProcess::ReadPort(int output) {
  constexpr std::string_view kBegin = "listening 127.0.0.1:";
  const std::string text = ReadUntil(output, "\n");
  if (!text.starts_with(kBegin)) return;
  std::from_chars(text.data() + kBegin.size(), text.data() + text.size(), port_);
}

int BrokerProcess::WaitForEnd() {
  const auto end = steady_clock::now() + kBrokerPatience;
  while (steady_clock::now() < end) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return -1;
}

void BrokerProcess::Stop(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  const int status = WaitForEnd();
  EXPECT_TRUE(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "status " << status << ", log:\n"
      << Log();
  if (pid_ > 0) Kill();
}

void BrokerProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  WaitForEnd();
}

std::string BrokerProcess::Log() const { return log_ >= 0 ? WholeFile(log_) : std::string(); }

double BrokerProcess::ProcessorTime() const {
  clockid_t clock;
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double BrokerProcess::DeniedTime() const {
  double denied = 0;
  std::error_code gone;
  using Tasks = std::filesystem::directory_iterator;
  for (Tasks task(fmt::format("/proc/{}/task", pid_), gone); !gone && task != Tasks();
       task.increment(gone)) {
    std::ifstream file(task->path() / "schedstat");
    uint64_t ran_ns = 0;
    uint64_t denied_ns = 0;
    if (file >> ran_ns >> denied_ns) denied += static_cast<double>(denied_ns) * 1e-9;
  }
  return denied;
}

uint64_t BrokerProcess::ResidentBytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", pid_));
  uint64_t whole = 0;
  uint64_t resident = 0;
  file >> whole >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t BrokerProcess::PeakResidentBytes() const {
  std::ifstream file(fmt::format("/proc/{}/status", pid_));
  std::string word;
  uint64_t kib = 0;
  while (file >> word && word != "VmHWM:") {
  }
  file >> kib;
  return kib * 1024;
}

ProgramOutcome RunBroker(const std::vector<std::string>& arguments,
                         const std::function<void()>& confine) {
  const Child child = Launch(arguments, confine);
  ProgramOutcome outcome;
  outcome.output = ReadUntil(child.output, std::string_view("\0", 1));
  int status = 0;
  waitpid(child.pid, &status, 0);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  outcome.error = WholeFile(child.error);
  close(child.output);
  close(child.error);
  return outcome;
}

}  // namespace signet
