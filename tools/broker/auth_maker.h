// MakeAuth: puts the auth shard together: its desk, and the methods that a BrokerAuthentication
// names.
#pragma once

#include "auth/auth_counters.h"
#include "net/auth_thread.h"

namespace signet {

// For ShardGroup::Options.
MakeAuthDesk MakeAuth();

// What it has counted. On its thread, and of a desk that MakeAuth() made.
auth::AuthReport ReportOf(AuthDesk& desk);

}  // namespace signet
