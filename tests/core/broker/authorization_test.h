// AuthorizationTest: a broker whose port has a policy that says what the test makes it say, and may
// become another one at any time.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/authorizer.h"
#include "tests/core/broker/broker_test.h"

namespace signet {

// Allows everything but what it is told to deny.
class ScriptedAuthorizer : public Authorizer {
 public:
  struct Denial {
    std::string client_id;  // Empty: everybody.
    Action action = Action::kPublish;
    std::string topic;  // As it is asked about; with "/#" at its end, all below as well.
    std::optional<QoS> qos = std::nullopt;  // Only of that one, or of a retain flag like that.
    std::optional<bool> retain = std::nullopt;
    friend bool operator==(const Denial&, const Denial&) = default;
  };

  void Deny(Denial denial) { denials_.push_back(std::move(denial)); }
  void Allow(const Denial& denial) { std::erase(denials_, denial); }
  // How often it was asked.
  size_t asked() const { return asked_; }

  bool Allows(const Principal&, std::string_view client_id, Action action, std::string_view topic,
              const Manner& manner) override {
    ++asked_;
    return std::ranges::none_of(denials_, [&](const Denial& denial) {
      const bool meant = denial.client_id.empty() || denial.client_id == client_id;
      return meant && denial.action == action && Covers(denial.topic, topic) &&
             (!denial.qos || denial.qos == manner.qos) &&
             (!denial.retain || denial.retain == manner.retain);
    });
  }

 private:
  static bool Covers(std::string_view denied, std::string_view topic) {
    return denied == topic ||
           (denied.ends_with("/#") && topic.starts_with(denied.substr(0, denied.size() - 1)));
  }

  std::vector<Denial> denials_;
  size_t asked_ = 0;
};

class AuthorizationTest : public BrokerTest {
 protected:
  using Denial = ScriptedAuthorizer::Denial;

  static constexpr uint8_t kNotAuthorized = 0x87;
  static constexpr ConnectOptions kKeep{.clean_start = false, .session_expiry_s = 1000};

  void SetUp() override { options().ports = {Access()}; }
  void TearDown() override { world_ = nullptr; }  // The rules outlive it.

  // What `rules_` says by now becomes the policy.
  void Change() {
    ++epoch_;
    for (uint32_t i = 0; i < world().shards(); ++i) {
      world().shard(i).BeginTurn(world().now());
      world().shard(i).SetPort(PortId(0), Access());
    }
    world().Run();
  }
  void Revoke(Denial denial) {
    rules_.Deny(std::move(denial));
    Change();
  }
  PortAccess Access() {
    return {.authorizer = &rules_,
            .policy_epoch = epoch_,
            .disconnect_before = disconnects_ ? epoch_ : 0};
  }
  // CONNECT of a client that may be refused; the code of CONNACK.
  uint8_t TryConnect(TestClient& client, const ConnectOptions& connect = {}) {
    client.SendConnect(connect);
    return client.Next(PacketType::kConnack).code;
  }

  ScriptedAuthorizer rules_;
  uint64_t epoch_ = 1;
  bool disconnects_ = false;
};

}  // namespace signet
