#include "tests/fuzz/world.h"

#include "gtest/gtest.h"

namespace signet::fuzz {

CoreWorld::Options SmallWorld(uint32_t shards) {
  GTEST_FLAG_SET(break_on_failure, true);
  CoreWorld::Options options{.shards = shards};
  options.limits.session_expiry_s = 30;
  options.limits.packet_bytes = 1 << 16;
  // Low enough for a small input to get there.
  options.limits.receive_maximum = 8;
  options.limits.inflight_messages = 8;
  options.limits.queued_messages = 16;
  options.limits.pending_acks = 4;
  options.limits.subscriptions = 16;
  options.limits.retained_messages = 8;
  options.limits.output_soft_bytes = 1024;
  options.limits.output_hard_bytes = 4096;
  options.limits.mailbox_backlog = 4;
  return options;
}

void CheckNothingIsLeft(CoreWorld* world, const std::vector<CoreWorld::Peer*>& peers) {
  for (CoreWorld::Peer* peer : peers) {
    peer->SetWindow(SIZE_MAX);
    if (!peer->closed()) peer->Drop();
  }
  world->SetMailboxSlots(1024);
  world->Run();
  // Twice: a Will that comes late may find a Session, or leave a message that expires later.
  for (int i = 0; i < 2; ++i) {
    world->Jump(seconds(60));
    world->Run();
  }
  size_t retained = 0;
  for (uint32_t i = 0; i < world->shards(); ++i) {
    ShardBroker& shard = world->shard(i);
    CHECK(shard.connection_count() == 0);
    CHECK(shard.session_count() == 0);
    CHECK(shard.subscription_count() == 0);
    CHECK(shard.filter_node_count() == 0);
    retained += shard.retained_count();
  }
  const BrokerTotals& totals = world->totals();
  CHECK(totals.connections == 0 && totals.sessions == 0);
  CHECK(totals.output_bytes == 0 && totals.congested == 0);
  CHECK(totals.retained_messages == retained);
}

}  // namespace signet::fuzz
