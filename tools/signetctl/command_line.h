// The command line of signetctl.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/signetctl/control_options.h"

namespace signet {

// `signetctl passwd`.
struct PasswdOptions {
  enum class Action : uint8_t { kSet, kCreate, kDelete };
  Action action = Action::kSet;
  bool scram = false;
  uint32_t iterations = 0;  // Of the form that is chosen; its default if none were typed.
  std::string file;
  std::string user;
};

// OWASP's number for PBKDF2 with HMAC-SHA512 (Password Storage Cheat Sheet, 2023).
inline constexpr uint32_t kPbkdf2Iterations = 210'000;
inline constexpr uint32_t kLeastPbkdf2Iterations = 1000;  // NIST SP 800-132, 5.2.
// The client computes as many whenever it connects, and may be small. RFC 7677, 4, has the least.
inline constexpr uint32_t kScramIterations = 15'000;
inline constexpr uint32_t kLeastScramIterations = 4096;

struct CtlCommandLine {
  struct Exit {
    int code;
    std::string output;  // For standard output.
    std::string error;   // For standard error.
  };
  std::optional<Exit> exit;               // Nothing is to be done but this.
  std::optional<ControlOptions> control;  // A broker is to be asked; otherwise it is `passwd`.
  PasswdOptions passwd;
};

CtlCommandLine ParseCtlCommandLine(int argc, const char* const* argv);

}  // namespace signet
