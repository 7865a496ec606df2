// AuthDeskTest: a broker whose port authenticates, and a desk that says what the test makes it say.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/broker/client.h"
#include "tests/core/broker/broker_test.h"
#include "tests/support/scripted_desk.h"

namespace signet {

constexpr GrantId kGrant{.slot = 7, .generation = 3};
inline const ConnectOptions kWithToken{
    .session_expiry_s = 100, .authentication_method = "K8S-SAT", .authentication_data = "token"};

class AuthDeskTest : public BrokerTest {
 protected:
  void SetUp() override {
    options().ports = {{.authenticates = true}};
    desk_ = std::make_unique<ScriptedDesk>(GetParam());
    world().SetDesk(desk_.get());
  }

  void TearDown() override { world_ = nullptr; }  // The desk outlives it.
  // With limits that were set meanwhile.
  void StartAnew() {
    world_ = nullptr;
    SetUp();
  }

  std::unique_ptr<TestClient> New(std::string client_id) {
    return std::make_unique<TestClient>(&world(), std::move(client_id));
  }
  ScriptedDesk::Asked Ask(TestClient& client, const ConnectOptions& options) {
    client.SendConnect(options);
    world().Run();
    return desk_->Next();
  }
  static Authenticated Yes(GrantId grant = kGrant) {
    Principal principal{.method = "ServiceAccountToken",
                        .identity = "system:serviceaccount:a:b",
                        .may_reauthenticate = true,
                        .grant = grant};
    return {.principal = std::move(principal)};
  }
  // Connected as the one with kGrant.
  std::unique_ptr<TestClient> Proven(std::string client_id,
                                     const ConnectOptions& options = kWithToken) {
    auto client = New(std::move(client_id));
    desk_->Answer(Ask(*client, options), Yes());
    EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
    return client;
  }
  // Where the desk believes the client to be that got `grant` for what it asked.
  std::pair<ShardId, ConnectionId> Place(const ScriptedDesk::Asked& asked,
                                         GrantId grant = kGrant) const {
    std::pair<ShardId, ConnectionId> place{asked.from, asked.question.client};
    for (const auto& [shard, claimed] : desk_->claims()) {
      if (claimed.grant == grant) place = {shard, claimed.client};
    }
    return place;
  }

  std::unique_ptr<ScriptedDesk> desk_;
};

}  // namespace signet
