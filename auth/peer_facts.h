// What is known of a client beside its credential, from what came with it.
#pragma once

#include "core/access/credentials.h"
#include "core/access/peer_facts.h"

namespace signet::auth {

SharedPeerFacts PeerFactsOf(const Credentials& credentials);

}  // namespace signet::auth
