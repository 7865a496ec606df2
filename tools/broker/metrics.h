// MetricsOf: what the broker counts, as the text of /metrics. The names are a promise to whoever
// has dashboards.
#pragma once

#include <string>

#include "auth/auth_counters.h"
#include "net/shard_group.h"

namespace signet {

std::string MetricsOf(const ShardGroup::Sums& sums, const auth::AuthReport& auth);

}  // namespace signet
