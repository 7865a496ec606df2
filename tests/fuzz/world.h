// What the targets of a whole broker share: a world in which nothing lasts for longer than a
// minute, and the proof that at the end nothing is left of it.
#pragma once

#include "tests/support/core_world.h"

namespace signet::fuzz {

// Failures that the world and its clients report to GoogleTest end the process.
CoreWorld::Options SmallWorld(uint32_t shards);

// Everybody leaves, and every Session expires. Whatever the clients did, the shards hold no
// connection, no Session, no Subscription and no output any more; Retained Messages alone stay, and
// they are counted rightly.
void CheckNothingIsLeft(CoreWorld* world, const std::vector<CoreWorld::Peer*>& peers);

}  // namespace signet::fuzz
