// Scenario: two witnesses who exchange messages all the time, and victims who meanwhile connect,
// subscribe, publish, resume their Session, are held back, misbehave and go. Whatever fails on the
// way, only a client whose own operation failed for good may lose its connection; everybody else
// gets each byte that is due, and of what the lost one has last sent all or nothing.
#pragma once

#include <initializer_list>

#include "tests/net/faults/fault_injector.h"
#include "tests/net/faults/scripted_client.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {

class Scenario {
 public:
  // So that input is held back by few bytes.
  static Limits MakeLimits();

  Scenario(BrokerInProcess* broker, const FaultInjector* faults)
      : broker_(*broker), faults_(*faults) {}

  // Before the first fault.
  void ConnectWitnesses();
  void Play();
  // Everybody goes.
  void Leave();
  // After the last fault: new clients are served, and no Session is left behind.
  void PlayAgain();

 private:
  struct Effect {
    ScriptedClient* client;
    std::vector<uint8_t> packets;
  };

  // `from` sends `bytes`, of which come `effects`. Nothing happens if it is gone.
  void Step(ScriptedClient& from, ByteView bytes, std::initializer_list<Effect> effects);
  void Connect(ScriptedClient& client, bool clean_session, ByteView answer);
  void Disconnect(ScriptedClient& client);
  void Witness();
  void ExchangeMessages();
  void HoldBack();
  void ResumeSession();
  void Misbehave();

  // Whether it is gone, and may be.
  bool IsHurt(const ScriptedClient& client) const;
  void ExpectNotCutOff(const ScriptedClient& client) const;

  BrokerInProcess& broker_;
  const FaultInjector& faults_;
  ScriptedClient subscribed_witness_{"subscribed-witness"};
  ScriptedClient publishing_witness_{"publishing-witness"};
  ScriptedClient subscriber_{"subscriber"};
  ScriptedClient publisher_{"publisher"};
  ScriptedClient offender_{"offender"};
  uint8_t witnessed_ = 0;
};

}  // namespace signet
