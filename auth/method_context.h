// MethodContext: what the auth shard lends to the methods that are made for a port.
#pragma once

#include <string_view>

#include "auth/auth_clock.h"
#include "auth/pauses.h"

namespace signet::auth {

struct MethodContext {
  std::string_view listener;  // Whose port it is; copied by who wants to keep it.
  // Both outlive the methods.
  const AuthClock* clock = nullptr;
  Pauses* pauses = nullptr;
};

}  // namespace signet::auth
