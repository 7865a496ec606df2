// ControlDesk: answers operators. It asks shards and the auth shard by messages, a turn's share of
// work at a time, and decides nothing itself: what a client may do is asked where it is decided.
// Used on the control thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/ids.h"
#include "core/base/log.h"
#include "net/shard_group.h"
#include "tools/control/control_message.h"
#include "tools/control/control_request.h"

namespace signet {

class ControlDesk {
 public:
  // How many turns of shards a page of clients is gathered in; after so many it ends, however few
  // it has. A page has at most so many bytes of values, about.
  static constexpr uint32_t kTurnsPerPage = 64;
  static constexpr size_t kPageBytes = size_t{1} << 20;
  // Grants that the auth shard looks at in one turn for a revocation.
  static constexpr uint32_t kGrantsPerTurn = 4096;

  // Both outlive it.
  ControlDesk(ShardGroup* group, LogSink* log) : group_(*group), log_(*log) {}

  // Waits for the turns of those whom it asks; they wait for nobody.
  ControlAnswer Answer(const ControlQuestion& question);

 private:
  ControlAnswer On(const ListRequest& request);
  ControlAnswer On(const ShowRequest& request);
  ControlAnswer On(const KickRequest& request);
  ControlAnswer On(const RevokeRequest& request);
  ControlAnswer On(const ExplainRequest& request);
  ControlAnswer ExplainClient(const ExplainRequest& request);
  ControlAnswer ExplainSupposed(const ExplainRequest& request);

  std::string NameOf(const std::optional<PortId>& port) const;

  ShardGroup& group_;
  LogSink& log_;
};

}  // namespace signet
