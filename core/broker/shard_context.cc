#include "core/broker/shard_context.h"

namespace signet {

ShardContext::ShardContext(Setup setup, Instant start)
    : self(setup.self),
      shards(setup.shards),
      hash_seed(setup.hash_seed),
      limits(*setup.limits),
      totals(*setup.totals),
      log(*setup.log),
      random(std::move(setup.random)),
      memory_bytes(setup.memory_bytes),
      response_information(std::move(setup.response_information)),
      now(start),
      wheel(start),
      outgoing(setup.shards) {
  CHECK(shards >= 1 && shards <= kMaxShards && self.value() < shards);
  CHECK(memory_bytes > 0);
}

}  // namespace signet
