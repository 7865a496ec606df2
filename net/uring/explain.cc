#include "net/uring/explain.h"

#include <sys/resource.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "fmt/format.h"

namespace signet {
namespace {

constexpr std::string_view kNeeds = "io_uring is not available";
constexpr std::string_view kNoDescriptorLeft =
    "there is no file descriptor left; raise the limit (`ulimit -n`, LimitNOFILE= in a systemd "
    "unit)";

RingSurroundings LookAround() {
  RingSurroundings found;
  if (int value = 0; std::ifstream("/proc/sys/kernel/io_uring_disabled") >> value) {
    found.io_uring_disabled = value;
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    found.memlock_bytes = limit.rlim_cur;
  }
  return found;
}

std::string ExplainRefusal(const RingSurroundings& surroundings) {
  if (surroundings.io_uring_disabled.value_or(0) != 0) {
    return fmt::format(
        "{}: the sysctl kernel.io_uring_disabled is {}; set it to 0 (`sysctl -w "
        "kernel.io_uring_disabled=0`), or for 1 make the broker's group kernel.io_uring_group",
        kNeeds, *surroundings.io_uring_disabled);
  }
  return fmt::format(
      "{}: a seccomp filter refuses it, as Docker's and containerd's do by default; run the "
      "container with a profile that allows io_uring_setup, io_uring_enter and io_uring_register",
      kNeeds);
}

}  // namespace

std::string ExplainRingFailure(int error, const RingSurroundings& surroundings) {
  switch (error) {
    case EPERM:
    case EACCES:
      return ExplainRefusal(surroundings);
    case ENOSYS:
      return fmt::format(
          "{}: this kernel is built without it, or hides it; Linux 6.1 or newer with "
          "CONFIG_IO_URING is needed",
          kNeeds);
    case EINVAL:
      return fmt::format("{} as it is needed: this kernel is too old; Linux 6.1 or newer is needed",
                         kNeeds);
    case ENOMEM:
      if (surroundings.memlock_bytes.has_value()) {
        return fmt::format(
            "{}: the limit on locked memory is {} KiB, which this user's programs share; raise it "
            "(`ulimit -l unlimited`, LimitMEMLOCK=infinity in a systemd unit)",
            kNeeds, *surroundings.memlock_bytes / 1024);
      }
      return fmt::format("{}: the kernel has no memory for it; free some, or use fewer shards",
                         kNeeds);
    case EMFILE:
    case ENFILE:
      return fmt::format("{}: {}", kNeeds, kNoDescriptorLeft);
    default:
      return fmt::format("{}: {}", kNeeds, std::generic_category().message(error));
  }
}

std::string ExplainRefusedCall(std::string_view call, int error) {
  return fmt::format(
      "{}: io_uring_setup is allowed, but {} fails ({}), as when a seccomp filter refuses that "
      "call "
      "alone; run the broker with a filter that allows io_uring_setup, io_uring_enter and "
      "io_uring_register",
      kNeeds, call, std::generic_category().message(error));
}

std::string ExplainNoDescriptor(int error) {
  if (error == EMFILE || error == ENFILE) return std::string(kNoDescriptorLeft);
  return std::generic_category().message(error);
}

std::string ExplainRingFailure(int error) { return ExplainRingFailure(error, LookAround()); }

}  // namespace signet
