// Publishers wait for a Session that falls behind: core/broker/brake.h.
#include "tests/core/broker/broker_test.h"

namespace signet {
namespace {

class BrakeTest : public BrokerTest {
 protected:
  BrakeTest() {
    limits().queued_messages = 64;
    limits().inflight_messages = 8;
    limits().mailbox_backlog = 16;
    options().mailbox_slots = 4;
  }

  // `count` publishers hand `each` messages to the network at once.
  void PublishAtOnce(size_t count, size_t each, QoS qos = kQos1, std::string_view topic = "t") {
    for (size_t i = 0; i < count; ++i) publishers_.push_back(Client("p" + std::to_string(i)));
    for (size_t n = 0; n < each; ++n) {
      for (auto& publisher : publishers_) {
        publisher->SendPublish({.topic = topic, .payload = std::to_string(n), .qos = qos});
      }
    }
  }
  size_t CountAcks() {
    size_t acks = 0;
    for (auto& publisher : publishers_) {
      while (!publisher->Silent()) {
        EXPECT_EQ(publisher->Next(PacketType::kPuback).code, 0);
        ++acks;
      }
    }
    return acks;
  }

  std::vector<std::unique_ptr<TestClient>> publishers_;
};
INSTANTIATE_BROKER_TEST(BrakeTest);

TEST_P(BrakeTest, DeliversAllThatWasAcknowledgedToAClientThatTakesItsTime) {
  auto slow = Client("slow");
  slow->Subscribe("t", kQos1);
  PublishAtOnce(40, 50);
  world().Run();
  EXPECT_LT(world().Sum().messages_received, 2000u) << "publishers wait";
  EXPECT_EQ(slow->Messages().size(), 2000u);
  EXPECT_EQ(CountAcks(), 2000u);
  const Counters sum = world().Sum();
  EXPECT_EQ(sum.dropped_queue_full, 0u);
  EXPECT_EQ(sum.clients_too_slow, 0u);
  EXPECT_GT(sum.publishers_held, 0u);
}

TEST_P(BrakeTest, KeepsTheOrderOfEachPublisher) {
  auto slow = Client("slow");
  slow->Subscribe("t", kQos1);
  PublishAtOnce(1, 1000);
  const std::vector<std::string> messages = slow->Messages();
  ASSERT_EQ(messages.size(), 1000u);
  for (size_t i = 0; i < messages.size(); ++i) ASSERT_EQ(messages[i], std::to_string(i));
}

TEST_P(BrakeTest, GivesUpWaitingForAClientThatTakesNothing) {
  auto stuck = Client("stuck");
  stuck->Subscribe("t", kQos1);
  PublishAtOnce(4, 200);
  world().Run();
  EXPECT_LT(world().Sum().messages_received, 800u);
  world().Advance(seconds(2));
  EXPECT_EQ(CountAcks(), 800u);
  EXPECT_EQ(world().Sum().clients_too_slow, 1u);
  EXPECT_GT(world().Sum().dropped_queue_full, 0u);
  // What was kept is still there, and then it is waited for again.
  const size_t kept = stuck->Messages().size();
  EXPECT_GE(kept, limits().queued_messages);
  for (auto& publisher : publishers_) {
    for (int i = 0; i < 100; ++i) publisher->SendPublish({.topic = "t", .qos = kQos1});
  }
  EXPECT_EQ(stuck->Messages().size(), 400u);
}

// A machine that had us wait for half a second says nothing about who sent meanwhile.
TEST_P(BrakeTest, OneLookAtAClientIsNotEnough) {
  auto slow = Client("slow");
  slow->Subscribe("t", kQos1);
  PublishAtOnce(4, 200);
  world().Run();
  world().Advance(milliseconds(900));
  EXPECT_EQ(world().Sum().clients_too_slow, 0u);
  EXPECT_EQ(slow->Messages().size(), 800u);
  EXPECT_EQ(CountAcks(), 800u);
  EXPECT_EQ(world().Sum().clients_too_slow, 0u);
  EXPECT_EQ(world().Sum().dropped_queue_full, 0u);
}

TEST_P(BrakeTest, LetsPublishersGoWhenTheClientLeaves) {
  auto stuck = Client("stuck", {.session_expiry_s = 100});
  stuck->Subscribe("t", kQos1);
  PublishAtOnce(4, 200);
  world().Run();
  EXPECT_LT(world().Sum().messages_received, 800u);
  stuck->peer().Drop();
  EXPECT_EQ(CountAcks(), 800u);
}

TEST_P(BrakeTest, ForgetsAPublisherThatLeaves) {
  auto slow = Client("slow");
  slow->Subscribe("t", kQos1);
  PublishAtOnce(4, 200);
  world().Run();
  publishers_[0]->peer().Drop();
  world().Run();
  publishers_.erase(publishers_.begin());
  EXPECT_GE(slow->Messages().size(), 600u);
  EXPECT_EQ(CountAcks(), 600u);
}

TEST_P(BrakeTest, WaitsForNobodyIfSoConfigured) {
  limits().brake_rate = 0;
  auto stuck = Client("stuck");
  stuck->Subscribe("t", kQos1);
  PublishAtOnce(4, 100);
  EXPECT_EQ(CountAcks(), 400u);
  EXPECT_EQ(stuck->Messages().size(), 64u + 8u);
  EXPECT_EQ(world().Sum().publishers_held, 0u);
}

TEST_P(BrakeTest, ClientsThatPublishToEachOtherDoNotBlockEachOther) {
  std::vector<std::unique_ptr<TestClient>> ring;
  for (size_t i = 0; i < 3; ++i) {
    ring.push_back(Client("c" + std::to_string(i)));
    ring.back()->Subscribe("to/" + std::to_string(i), kQos1);
  }
  for (int n = 0; n < 500; ++n) {
    for (size_t i = 0; i < 3; ++i) {
      const std::string topic = "to/" + std::to_string((i + 1) % 3);
      ring[i]->SendPublish({.topic = topic, .qos = kQos1});
    }
  }
  // Each reads and acknowledges all it gets; no time has to pass for it.
  size_t answers = 0;
  for (int round = 0; round < 3; ++round) {
    for (auto& client : ring) {
      while (!client->Silent()) {
        const Received received = client->Next();
        if (received.type == PacketType::kPublish) {
          client->SendAck(PacketType::kPuback, received.packet_id);
        } else {
          ++answers;
        }
      }
    }
  }
  EXPECT_EQ(answers, 1500u);
  EXPECT_EQ(world().Sum().clients_too_slow, 0u);
}

TEST_P(BrakeTest, AClientThatPublishesToItselfIsRead) {
  auto echo = Client("echo");
  echo->Subscribe("t", kQos1);
  for (int n = 0; n < 200; ++n) echo->SendPublish({.topic = "t", .qos = kQos1});
  world().Run();
  EXPECT_EQ(world().Sum().messages_received, 200u);
}

TEST_P(BrakeTest, ASharedSubscriptionGoesToMembersThatKeepUp) {
  auto stuck = Client("stuck");
  stuck->Subscribe("$share/g/t", kQos1);
  auto quick = Client("quick");
  quick->Subscribe("$share/g/t", kQos1);
  auto publisher = Client("p");
  size_t got = 0;
  for (int n = 0; n < 500; ++n) {
    publisher->SendPublish({.topic = "t", .qos = kQos1});
    got += quick->Messages().size();
  }
  got += quick->Messages().size();
  EXPECT_EQ(got + stuck->Messages().size(), 500u);
  EXPECT_EQ(world().Sum().dropped_no_member, 0u);
}

TEST_P(BrakeTest, ASharedSubscriptionWhoseMembersAllFallBehindLosesNothing) {
  auto one = Client("one");
  one->Subscribe("$share/g/t", kQos1);
  auto two = Client("two");
  two->Subscribe("$share/g/t", kQos1);
  PublishAtOnce(20, 50);
  world().Run();
  EXPECT_LT(world().Sum().messages_received, 1000u);
  size_t got = 0;
  for (int round = 0; round < 1000 && got < 1000; ++round) {
    got += one->Messages().size() + two->Messages().size();
  }
  EXPECT_EQ(got, 1000u);
  EXPECT_EQ(CountAcks(), 1000u);
}

}  // namespace
}  // namespace signet
