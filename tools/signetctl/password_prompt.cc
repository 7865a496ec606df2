#include "tools/signetctl/password_prompt.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "fmt/format.h"

namespace signet {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile sig_atomic_t caught_signal = 0;

void Catch(int signal) { caught_signal = signal; }

// While it lives, what is typed at a terminal is not shown, and a signal interrupts the read.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd) {
    for (size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction action = {};
      action.sa_handler = Catch;  // Without SA_RESTART.
      sigaction(kSignals[i], &action, &before_[i]);
    }
    if (tcgetattr(fd_, &shown_) != 0) return;
    termios hidden = shown_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    is_silent_ = tcsetattr(fd_, TCSAFLUSH, &hidden) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (is_silent_) tcsetattr(fd_, TCSAFLUSH, &shown_);
    for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
    if (caught_signal != 0) raise(caught_signal);
    caught_signal = 0;
  }
  bool is_silent() const { return is_silent_; }

 private:
  const int fd_;
  termios shown_{};
  std::array<struct sigaction, kSignals.size()> before_{};
  bool is_silent_ = false;
};

// Without its end. Byte by byte: what follows is not ours.
StatusOr<SecretBytes> ReadLine(int fd) {
  std::string line;
  line.reserve(kMaxPasswordBytes + 1);  // Never moved, so that no copy is left behind.
  char byte = 0;
  std::string flaw;
  while (flaw.empty()) {
    const ssize_t size = read(fd, &byte, 1);
    if (size < 0 && errno == EINTR && caught_signal == 0) continue;
    if (size < 0) flaw = "no password was given";
    if (size <= 0 || byte == '\n') break;
    line.push_back(byte);
    if (line.size() > kMaxPasswordBytes) {
      flaw = fmt::format("the password has more than {} bytes", kMaxPasswordBytes);
    }
  }
  byte = 0;
  SecretBytes password = SecretBytes::Take(&line);
  if (!flaw.empty()) return Status::Error(std::move(flaw));
  if (password.text().ends_with('\r')) {
    return SecretBytes(password.text().substr(0, password.size() - 1));
  }
  return password;
}

StatusOr<SecretBytes> Prompt(int fd, std::string_view words) {
  const Silence silence(fd);
  if (!silence.is_silent()) return Status::Error("the terminal cannot be kept from showing it");
  fmt::print(stderr, "{}", words);
  std::fflush(stderr);
  return ReadLine(fd);
}

}  // namespace

StatusOr<SecretBytes> AskForPassword(int fd) {
  const bool is_terminal = isatty(fd) == 1;
  StatusOr<SecretBytes> password = is_terminal ? Prompt(fd, "Password: ") : ReadLine(fd);
  if (!password.ok()) return password;
  if (password->empty()) return Status::Error("the password is empty");
  if (!is_terminal) return password;
  const StatusOr<SecretBytes> again = Prompt(fd, "Again: ");
  if (!again.ok()) return again.error();
  if (!(*again == *password)) return Status::Error("the two passwords differ");
  return password;
}

}  // namespace signet
