// What the log says of denials: each once, with its reason, whatever clients do.
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "tests/core/broker/authorization_test.h"

namespace signet {
namespace {

// Says which denial it was that had a reason, and how often it was asked for one.
class ReasoningAuthorizer : public ScriptedAuthorizer {
 public:
  std::string Reason(const Principal&, std::string_view client_id, Action, std::string_view topic,
                     const Manner&) const override {
    ++reasons_;
    return "rule 7 lacks " + std::string(topic) + " for " + std::string(client_id);
  }
  size_t reasons() const { return reasons_; }

 private:
  mutable size_t reasons_ = 0;
};

class DenialLogTest : public AuthorizationTest {
 protected:
  void SetUp() override {
    options().ports = {With(1)};
    reasoning_.Deny({"", Action::kPublish, "no/#"});
    reasoning_.Deny({"", Action::kSubscribe, "no/#"});
  }

  PortAccess With(uint64_t epoch) { return {.authorizer = &reasoning_, .policy_epoch = epoch}; }
  void ChangeTo(uint64_t epoch) {
    for (uint32_t i = 0; i < world().shards(); ++i) {
      world().shard(i).BeginTurn(world().now());
      world().shard(i).SetPort(PortId(0), With(epoch));
    }
    world().Run();
  }
  std::vector<std::string> Denials() {
    std::vector<std::string> denials;
    std::ranges::copy_if(world().log().lines(), std::back_inserter(denials),
                         [](const std::string& line) { return line.starts_with("not allowed "); });
    return denials;
  }
  void PublishTo(TestClient& client, std::string_view topic, int times = 1) {
    for (int i = 0; i < times; ++i) client.SendPublish({.topic = topic});
    world().Run();
  }

  ReasoningAuthorizer reasoning_;
};
INSTANTIATE_BROKER_TEST(DenialLogTest);

TEST_P(DenialLogTest, SaysWhoWantedWhatAndWhyNot) {
  auto client = Client("c");
  PublishTo(*client, "no/1");
  ASSERT_EQ(Denials().size(), 1u);
  EXPECT_EQ(Denials()[0],
            R"(not allowed client_id="c" username="" identity="" action="Publish" topic="no/1" )"
            R"(why="rule 7 lacks no/1 for c" not_logged_before="0")");
}

TEST_P(DenialLogTest, SaysItOnceForAClientAndATopicAndAnAction) {
  auto client = Client("c");
  auto other = Client("d");
  PublishTo(*client, "no/1", 500);
  EXPECT_EQ(Denials().size(), 1u);
  PublishTo(*other, "no/1", 5);
  EXPECT_EQ(Denials().size(), 2u);
  PublishTo(*client, "no/2", 5);
  EXPECT_EQ(Denials().size(), 3u);
  client->Subscribe("no/1");
  client->Subscribe("no/1");
  EXPECT_EQ(Denials().size(), 4u);
  world().Advance(seconds(3600));
  PublishTo(*client, "no/1", 5);
  EXPECT_EQ(Denials().size(), 4u);
  EXPECT_EQ(reasoning_.reasons(), 4u);
  EXPECT_EQ(world().Sum().denied_publish, 515u);
  EXPECT_EQ(world().Sum().denied_subscribe, 2u);
  // What was told of already is not what the rate has left out.
  EXPECT_NE(Denials().back().find("not_logged_before=\"0\""), std::string::npos);
}

TEST_P(DenialLogTest, StaysKnownWhenTheClientComesBack) {
  auto client = Client("c");
  PublishTo(*client, "no/1");
  client = Client("c");
  PublishTo(*client, "no/1");
  EXPECT_EQ(Denials().size(), 1u);
}

TEST_P(DenialLogTest, SaysItAgainOnceThePolicyHasChanged) {
  auto client = Client("c");
  PublishTo(*client, "no/1", 2);
  ChangeTo(1);  // The same one.
  PublishTo(*client, "no/1", 2);
  EXPECT_EQ(Denials().size(), 1u);
  ChangeTo(2);
  PublishTo(*client, "no/1", 2);
  EXPECT_EQ(Denials().size(), 2u);
}

// A client that never repeats a topic.
TEST_P(DenialLogTest, AsksForFewReasonsWhateverAClientWants) {
  auto client = Client("c");
  for (int i = 0; i < 5000; ++i) client->SendPublish({.topic = "no/" + std::to_string(i)});
  world().Run();
  EXPECT_EQ(world().Sum().denied_publish, 5000u);
  EXPECT_EQ(Denials().size(), 20u);
  EXPECT_EQ(reasoning_.reasons(), 20u);
  world().Advance(seconds(1));
  for (int i = 0; i < 5000; ++i) client->SendPublish({.topic = "no/again/" + std::to_string(i)});
  world().Run();
  EXPECT_EQ(reasoning_.reasons(), 30u);
  EXPECT_NE(Denials()[20].find("not_logged_before=\"4980\""), std::string::npos) << Denials()[20];
}

// What the rate has left out was not told of yet.
TEST_P(DenialLogTest, SaysLaterWhatItLeftOutOnceItHappensAgain) {
  auto client = Client("c");
  for (int i = 0; i < 21; ++i) PublishTo(*client, "no/" + std::to_string(i));
  EXPECT_EQ(Denials().size(), 20u);
  world().Advance(seconds(1));
  PublishTo(*client, "no/20", 2);
  ASSERT_EQ(Denials().size(), 21u);
  EXPECT_NE(Denials().back().find("topic=\"no/20\""), std::string::npos) << Denials().back();
  EXPECT_NE(Denials().back().find("not_logged_before=\"1\""), std::string::npos);
}

TEST_P(DenialLogTest, ForgetsTheOldestAtItsLimit) {
  limits().logged_denials = 2;
  auto client = Client("c");
  for (const char* topic : {"no/1", "no/2", "no/2", "no/3"}) PublishTo(*client, topic);
  EXPECT_EQ(Denials().size(), 3u);
  PublishTo(*client, "no/2");
  PublishTo(*client, "no/3");
  EXPECT_EQ(Denials().size(), 3u);
  PublishTo(*client, "no/1");
  EXPECT_EQ(Denials().size(), 4u);
}

TEST_P(DenialLogTest, RemembersNothingIfItsLimitIsNone) {
  limits().logged_denials = 0;
  auto client = Client("c");
  PublishTo(*client, "no/1", 3);
  EXPECT_EQ(Denials().size(), 3u);
}

TEST_P(DenialLogTest, EscapesAndCutsWhatAClientHasChosen) {
  auto client = Client("a\nb");
  PublishTo(*client, "no/\x1B[2J" + std::string(1000, 'x'));
  ASSERT_EQ(Denials().size(), 1u);
  const std::string line = Denials()[0];
  EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return c >= 0 && c < ' '; })) << line;
  EXPECT_NE(line.find(R"(client_id="a\nb")"), std::string::npos) << line;
  EXPECT_LT(line.size(), 1000u);
}

}  // namespace
}  // namespace signet
