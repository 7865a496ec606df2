// FaultyBroker: a broker on rings that can be made to fail, and what must hold whatever has failed.
#pragma once

#include <functional>

#include "tests/net/faults/fault_injector.h"
#include "tests/net/faults/scenario.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {

class FaultyBroker {
 public:
  // Fails from its start, until Play().
  explicit FaultyBroker(uint32_t shards, FaultInjector::Policy policy = nullptr);

  FaultInjector& faults() { return faults_; }
  BrokerInProcess& broker() { return broker_; }

  // A Scenario under `policy`, one more without faults, and then nothing may be left.
  // `meanwhile()`, if there is one, is called while all who have not been hurt are connected.
  // Whether anything failed.
  bool Play(FaultInjector::Policy policy, const std::function<void()>& meanwhile = nullptr);
  // While nobody does anything the broker does nothing either.
  void ExpectIdle();

 private:
  FaultInjector faults_;
  BrokerInProcess broker_;
  size_t descriptors_ = 0;
  size_t live_bytes_ = 0;
};

}  // namespace signet
