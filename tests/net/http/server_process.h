// ServerProcess: a program that prints `NAME PORT` of each of its ports on its first line, and ends
// with its standard input.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace signet {

class ServerProcess {
 public:
  // Returns once it listens; if it does not, no port has a number.
  explicit ServerProcess(const std::vector<std::string>& command);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  // 0: it has no such port.
  uint16_t port(const std::string& name) const;

 private:
  void ReadPorts(int output);

  pid_t pid_ = -1;
  int input_ = -1;
  std::map<std::string, uint16_t> ports_;
};

}  // namespace signet
