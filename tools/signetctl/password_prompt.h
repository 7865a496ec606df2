// Asks whoever runs the program for a password.
#pragma once

#include <cstddef>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet {

// More fits into no CONNECT.
inline constexpr size_t kMaxPasswordBytes = 4096;

// From `fd`: if it is a terminal, typed twice without being shown, and asked for on standard error;
// otherwise its first line. Never empty. A signal that ends the program finds the terminal as it
// was.
StatusOr<SecretBytes> AskForPassword(int fd);

}  // namespace signet
