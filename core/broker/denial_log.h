// DenialLog: the lines of a shard's log about what is not allowed: each denial once for each client
// and topic, with the reason for it. Used on the shard's thread alone.
//
// The reason costs a look at every rule, so it is asked for only when a line is written, and lines
// have a rate: a client that never repeats a topic makes no more of them than one that does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/base/block_queue.h"
#include "core/base/ids.h"
#include "core/base/log.h"
#include "core/broker/shard_context.h"

namespace signet {

class DenialLog {
 public:
  struct Denial {
    PortId port;  // Whose policy has denied it.
    const Principal& principal;
    std::string_view client_id;
    Action action;
    std::string_view topic;
    Manner manner;
  };

  explicit DenialLog(ShardContext* context) : context_(*context) {}

  // Writes the line, unless there is one already. What the rate leaves out counts as not written,
  // and is said in the next line. `authorizer` is the one that has denied it.
  void Write(const Denial& denial, const Authorizer& authorizer);

  // The policy has changed: what is denied now may have another reason.
  void Forget();

  // How many it remembers, at most Limits::logged_denials.
  size_t size() const { return written_.size(); }

 private:
  // The first so many are written at once, and so many a second follow.
  static constexpr uint32_t kBurst = 20;
  static constexpr uint32_t kPerSecond = 10;

  uint64_t KeyOf(const Denial& denial) const;
  void Remember(uint64_t key);

  ShardContext& context_;
  // Hashes under a seed that peers do not know: what has the same one by chance is not written.
  absl::flat_hash_set<uint64_t> written_;
  BlockQueue<uint64_t> order_;  // The same, oldest first.
  RateLimit rate_{kBurst, kPerSecond};
};

}  // namespace signet
