#include "tests/net/http/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

namespace signet {

ServerProcess::ServerProcess(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input[0], STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  ReadPorts(output[0]);
  close(output[0]);
}

ServerProcess::~ServerProcess() {
  close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

void ServerProcess::ReadPorts(int output) {
  constexpr int kPatienceMs = 60'000;
  std::string line;
  pollfd ready{.fd = output, .events = POLLIN, .revents = 0};
  while (line.find('\n') == line.npos && poll(&ready, 1, kPatienceMs) > 0) {
    std::array<char, 512> piece;
    const ssize_t size = read(output, piece.data(), piece.size());
    if (size <= 0) return;
    line.append(piece.data(), static_cast<size_t>(size));
  }
  std::istringstream words(line);
  std::string name;
  uint16_t port = 0;
  while (words >> name >> port) ports_[name] = port;
}

uint16_t ServerProcess::port(const std::string& name) const {
  const auto found = ports_.find(name);
  return found == ports_.end() ? uint16_t{0} : found->second;
}

}  // namespace signet
