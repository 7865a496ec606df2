// BrokerTest: every rule is tried with 1, 2 and 4 shards; publishers and subscribers land on
// different ones.
#pragma once

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/core_world.h"
#include "tests/support/test_client.h"

namespace signet {

constexpr QoS kQos0 = QoS::kAtMostOnce;
constexpr QoS kQos1 = QoS::kAtLeastOnce;
constexpr QoS kQos2 = QoS::kExactlyOnce;
constexpr ProtocolVersion kV311 = ProtocolVersion::k311;
constexpr ProtocolVersion kV5 = ProtocolVersion::k5;

class BrokerTest : public testing::TestWithParam<uint32_t> {
 protected:
  // The world is made when it is first asked for, so that a test can set limits before.
  CoreWorld& world() {
    if (world_ == nullptr) {
      options_.shards = GetParam();
      world_ = std::make_unique<CoreWorld>(options_);
    }
    return *world_;
  }
  Limits& limits() { return options_.limits; }
  CoreWorld::Options& options() { return options_; }

  // A client that is connected.
  std::unique_ptr<TestClient> Client(std::string client_id, const ConnectOptions& connect = {}) {
    auto client = std::make_unique<TestClient>(&world(), std::move(client_id));
    client->Connect(connect);
    return client;
  }

  CoreWorld::Options options_;
  std::unique_ptr<CoreWorld> world_;
};

#define INSTANTIATE_BROKER_TEST(Suite)                                 \
  INSTANTIATE_TEST_SUITE_P(Shards, Suite, testing::Values(1u, 2u, 4u), \
                           [](const auto& each) { return std::to_string(each.param); })

}  // namespace signet
