// AuthClock: both times of the present turn of the auth shard. Set by it alone.
#pragma once

#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace signet::auth {

struct AuthClock {
  Instant now;
  WallTime wall;
};

}  // namespace signet::auth
