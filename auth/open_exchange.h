// OpenExchange: what the auth shard remembers of a client that is in the middle of proving itself
// (MQTT 5, 4.12), until the proof is complete, has failed, or is given up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "auth/policy.h"
#include "core/base/ids.h"
#include "core/base/slot_map.h"
#include "core/base/timer_wheel.h"

namespace signet::auth {

struct OpenExchange {
  explicit OpenExchange(ExchangeId exchange_id) : id(exchange_id), patience(0, this) {}

  const ExchangeId id;
  ShardId from;
  ConnectionId client;
  PortId port;
  GrantId grant;                   // Of a re-authentication; empty: of CONNECT.
  std::shared_ptr<Policy> policy;  // By which it began. There is no going on by another.
  std::shared_ptr<Judge> judge;
  // The method's side. Counted, as it may be over before a call of it has returned.
  std::shared_ptr<Exchange> steps;
  std::string client_id;  // Of CONNECT, for the log.
  uint32_t steps_taken = 0;
  size_t bytes = 0;  // That both sides have said.
  // The method was asked: the exchange stays until it has answered.
  bool is_asking = false;
  Timer patience;  // While the client is waited for.
};

using OpenExchanges = SlotMap<OpenExchange, ExchangeId>;

}  // namespace signet::auth
