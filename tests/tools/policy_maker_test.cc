// Which policy a port has: the same one as long as its text is the same.
#include "tools/broker/policy_maker.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

class CountingLog : public LogSink {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<LogField>) override { ++lines; }
  int lines = 0;
};

config::BrokerAuthorization Plant(config::PolicyChange on_change) {
  config::BrokerAuthorization settings;
  settings.name = "plant";
  settings.policies.on_change = on_change;
  return settings;
}

class PolicyMakerTest : public testing::Test {
 protected:
  PolicyMakerTest() {
    configuration_.authorizations["plant"] = Plant(config::PolicyChange::kDisconnect);
  }
  uint64_t IdOfPlant() { return maker_.Make(&configuration_.authorizations["plant"])->id; }

  CountingLog log_;
  PolicyMaker maker_{&log_};
  config::Configuration configuration_;
};

TEST_F(PolicyMakerTest, TheSameTextIsTheSamePolicy) {
  maker_.Begin(configuration_);
  const uint64_t id = IdOfPlant();
  EXPECT_EQ(IdOfPlant(), id);
  maker_.Begin(configuration_);
  EXPECT_EQ(IdOfPlant(), id);
  EXPECT_EQ(log_.lines, 1);
}

// Or everybody would be sent away when the port that waits is made again.
TEST_F(PolicyMakerTest, APortThatWaitsDoesNotMakeItAnotherOne) {
  maker_.Begin(configuration_);
  const uint64_t id = IdOfPlant();
  maker_.Begin(configuration_);  // Nobody asks for it.
  maker_.Begin(configuration_);
  EXPECT_EQ(IdOfPlant(), id);
}

TEST_F(PolicyMakerTest, AnotherTextIsAnotherPolicy) {
  maker_.Begin(configuration_);
  const uint64_t id = IdOfPlant();
  configuration_.authorizations["plant"] = Plant(config::PolicyChange::kReevaluate);
  maker_.Begin(configuration_);
  EXPECT_NE(IdOfPlant(), id);
}

TEST_F(PolicyMakerTest, OneThatHasMovedIsTheSameAndExplainsItselfAnew) {
  maker_.Begin(configuration_);
  const auto before = maker_.Make(&configuration_.authorizations["plant"]);
  configuration_.authorizations["plant"].origin.line += 3;
  maker_.Begin(configuration_);
  const auto after = maker_.Make(&configuration_.authorizations["plant"]);
  EXPECT_EQ(after->id, before->id);
  EXPECT_NE(after->revision, before->revision);
  EXPECT_EQ(log_.lines, 2);
}

// Its document is missing in one reload: the port waits, and goes by it until it is there again.
TEST_F(PolicyMakerTest, WhatAPortStillGoesByIsTheSameWhenItComesBack) {
  maker_.Begin(configuration_);
  const auto of_port = maker_.Make(&configuration_.authorizations["plant"]);
  maker_.Begin({});
  maker_.Begin(configuration_);
  EXPECT_EQ(IdOfPlant(), of_port->id);
}

TEST_F(PolicyMakerTest, WhatIsNotConfiguredAnyMoreIsForgotten) {
  maker_.Begin(configuration_);
  const uint64_t id = IdOfPlant();
  maker_.Begin({});
  EXPECT_NE(IdOfPlant(), id);
  EXPECT_EQ(log_.lines, 2);
}

}  // namespace
}  // namespace signet
