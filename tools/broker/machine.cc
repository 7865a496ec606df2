#include "tools/broker/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace signet {
namespace {

namespace fs = std::filesystem;

// "max" and what cannot be read mean no limit.
uint64_t ReadLimit(const fs::path& file) {
  uint64_t bytes = 0;
  return std::ifstream(file) >> bytes ? bytes : UINT64_MAX;
}

// The control group of version 2 that we are in, as /proc/self/cgroup says: "0::/path".
std::string OwnControlGroup(const fs::path& root) {
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::/")) return line.substr(4);
  }
  return {};
}

}  // namespace

uint32_t AllowedProcessors() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return static_cast<uint32_t>(std::max(1, CPU_COUNT(&allowed)));
}

uint64_t ControlGroupMemoryBytes(const fs::path& root) {
  const fs::path groups = root / "sys/fs/cgroup";
  uint64_t least = ReadLimit(groups / "memory/memory.limit_in_bytes");  // Version 1.
  // Each group is bound by those it lies in.
  for (fs::path group = OwnControlGroup(root);; group = group.parent_path()) {
    least = std::min(least, ReadLimit(groups / group / "memory.max"));
    if (group.empty()) return least;
  }
}

uint64_t MemoryBytes() {
  const auto physical =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return std::min(physical, ControlGroupMemoryBytes("/"));
}

uint64_t RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace signet
