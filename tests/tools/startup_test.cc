// The program where the system denies it what it needs: it ends with one sentence that names the
// true cause, and what to do about it.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "tests/support/broker_process.h"

namespace signet {
namespace {

// From here on, the system call of this number fails with `error`. Nobody has to be root for it.
void Refuse(uint32_t call, uint32_t error) {
  std::array<sock_filter, 4> program{{
      {.code = BPF_LD | BPF_W | BPF_ABS, .k = offsetof(seccomp_data, nr)},
      {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = 1, .k = call},
      {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ERRNO | error},
      {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW},
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) _exit(126);
}

// Who may lock memory without a limit has to give that up first.
void LimitLockedMemory(rlim_t bytes) {
  prctl(PR_CAPBSET_DROP, CAP_IPC_LOCK, 0, 0, 0);
  const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
  if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0) _exit(126);
}

// Its one sentence.
std::string SentenceOf(const std::vector<std::string>& arguments,
                       const std::function<void()>& confine) {
  const ProgramOutcome outcome = RunBroker(arguments, confine);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.error;
  EXPECT_EQ(outcome.output, "");
  const size_t begin = outcome.error.find("signet: ");
  EXPECT_NE(begin, std::string::npos) << outcome.error;
  if (begin == std::string::npos) return {};
  std::string sentence = outcome.error.substr(begin);
  EXPECT_EQ(sentence.find('\n'), sentence.size() - 1) << outcome.error;
  return sentence;
}

bool ContainsText(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(StartUp, NamesTheCallThatASeccompFilterRefuses) {
  const std::vector<std::pair<uint32_t, std::string>> calls{
      {SYS_io_uring_enter, "io_uring_enter fails"},
      {SYS_io_uring_register, "io_uring_register fails"},
  };
  for (const auto& [call, name] : calls) {
    for (const int error : {EPERM, ENOSYS, EINVAL, EACCES, ENOMEM}) {
      const std::string sentence = SentenceOf({"--listen", "127.0.0.1:0"}, [&, number = call] {
        Refuse(number, static_cast<uint32_t>(error));
      });
      EXPECT_TRUE(ContainsText(sentence, name)) << sentence;
      EXPECT_TRUE(ContainsText(sentence, "seccomp")) << sentence;
      EXPECT_FALSE(ContainsText(sentence, "newer")) << sentence;
    }
  }
}

TEST(StartUp, NamesSeccompWhenIoUringIsRefusedAltogether) {
  for (const int error : {EPERM, EACCES}) {
    const std::string sentence = SentenceOf({"--listen", "127.0.0.1:0"}, [error] {
      Refuse(SYS_io_uring_setup, static_cast<uint32_t>(error));
    });
    EXPECT_TRUE(ContainsText(sentence, "seccomp") || ContainsText(sentence, "io_uring_disabled"))
        << sentence;
  }
}

// Not every kernel counts the memory of a ring: where it does not, the taken port ends the program.
TEST(StartUp, NamesTheLimitOnLockedMemory) {
  BrokerProcess other;
  const std::string taken = fmt::format("127.0.0.1:{}", other.port());
  for (const rlim_t kib : {8u, 12u, 16u}) {
    const std::string sentence =
        SentenceOf({"--listen", taken}, [kib] { LimitLockedMemory(kib * 1024); });
    EXPECT_TRUE(ContainsText(sentence, fmt::format("the limit on locked memory is {} KiB", kib)) ||
                ContainsText(sentence, "cannot listen on"))
        << sentence;
  }
}

// Each call for a descriptor alone fails: that way a sanitizer still gets those that it needs.
TEST(StartUp, NamesTheWantOfAFileDescriptorWhereverItIsFound) {
  const std::vector<std::pair<uint32_t, std::string>> calls{{SYS_signalfd4, "signalfd"},
                                                            {SYS_io_uring_setup, "io_uring_setup"},
                                                            {SYS_eventfd2, "eventfd"},
                                                            {SYS_socket, "socket"}};
  for (const auto& [call, name] : calls) {
    for (const int error : {EMFILE, ENFILE}) {
      const std::string sentence = SentenceOf({"--listen", "127.0.0.1:0"}, [&, number = call] {
        Refuse(number, static_cast<uint32_t>(error));
      });
      EXPECT_TRUE(ContainsText(sentence, "no file descriptor left; raise the limit"))
          << name << ": " << sentence;
    }
  }
}

// UndefinedBehaviorSanitizer opens a pipe to find out whether a pointer is good, at any time, and
// takes it for a bad one where it gets none: no limit is safe from that.
#ifndef __SANITIZE_ADDRESS__
TEST(StartUp, NamesTheLimitOnOpenFiles) {
  constexpr rlim_t kFewest = 6;  // With fewer the program cannot be loaded.
  BrokerProcess other;
  const std::string taken = fmt::format("127.0.0.1:{}", other.port());
  for (rlim_t files = kFewest; files < kFewest + 10; ++files) {
    const std::string sentence = SentenceOf({"--listen", taken}, [files] {
      const rlimit limit{.rlim_cur = files, .rlim_max = files};
      setrlimit(RLIMIT_NOFILE, &limit);
    });
    EXPECT_TRUE(ContainsText(sentence, "no file descriptor left") ||
                ContainsText(sentence, "another program listens there"))
        << files << " files: " << sentence;
  }
}
#endif

}  // namespace
}  // namespace signet
