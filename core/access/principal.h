// Principal: who was proven, by which method, and until when. Made by auth/, kept by a connection.
#pragma once

#include <string>

#include "core/base/time.h"

namespace signet {

struct Principal {
  // Empty for a client of a port without authentication.
  std::string username;
  // The configured method that decided; empty likewise.
  std::string method;

  bool is_anonymous() const { return username.empty() && method.empty(); }
};

}  // namespace signet
