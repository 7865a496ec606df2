// Messages on their way: QoS, Retained Messages, Wills, Shared Subscriptions.
#include <algorithm>
#include <random>
#include <set>

#include "tests/system/paho_c/paho_c_fixture.h"
#include "tests/system/paho_c/relay.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class PahoCMessages : public PahoCTest {};
class PahoCSingleMessages : public PahoCTest {};
class PahoCLargeMessages : public PahoCTest {};

std::string Noise(size_t size) {
  std::minstd_rand generator(42);
  std::string noise(size, '\0');
  for (char& byte : noise) byte = static_cast<char>(generator());
  return noise;
}

std::string Shown(const PahoClient::Message& message) {
  return fmt::format("{} {} qos{}{}", message.topic, message.payload, message.qos,
                     message.retained ? " retained" : "");
}

std::vector<std::string> AllShown(const std::vector<PahoClient::Message>& messages) {
  std::vector<std::string> shown;
  shown.reserve(messages.size());
  for (const PahoClient::Message& message : messages) shown.push_back(Shown(message));
  return shown;
}

TEST_P(PahoCSingleMessages, EachQosReachesEachSubscriberAtTheLowerOne) {
  std::vector<Client> subscribers;
  for (int qos = 0; qos <= 2; ++qos) {
    subscribers.push_back(Connect(fmt::format("subscriber-{}", qos)));
    EXPECT_EQ(subscribers.back()->Subscribe("room/+/light", qos), qos);
  }
  for (int qos = 0; qos <= 2; ++qos) {
    const std::string topic = fmt::format("room/{}/light", qos);
    Connect(fmt::format("publisher-{}", qos))
        ->Publish({.topic = topic, .payload = "on", .qos = qos});
    for (int limit = 0; limit <= 2; ++limit) {
      EXPECT_EQ(Shown(subscribers[static_cast<size_t>(limit)]->Next()),
                fmt::format("{} on qos{}", topic, std::min(qos, limit)));
    }
  }
}

TEST_P(PahoCMessages, KeepTheirOrderInEachQos) {
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("#", 2);
  const Client publisher = Connect("publisher");
  for (int qos = 0; qos <= 2; ++qos) {
    std::vector<size_t> sent;
    for (const std::string& text : Numbered(100)) {
      sent.push_back(publisher->Send({.topic = "order", .payload = text, .qos = qos}));
    }
    for (const size_t operation : sent) publisher->Await(operation);
    EXPECT_EQ(Payloads(subscriber->Take(100)), Numbered(100));
  }
}

TEST_P(PahoCSingleMessages, ComeNoMoreOnceUnsubscribed) {
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("a", 1);
  subscriber->Subscribe("b", 1);
  subscriber->Unsubscribe("a");
  const Client publisher = Connect("publisher");
  publisher->Publish({.topic = "a", .payload = "unwanted", .qos = 1});
  ExpectNothingBefore(*subscriber, *publisher, "b");
}

TEST_P(PahoCMessages, Of256KibArriveUnchanged) {
  const std::string payload = Noise(256 * 1024);
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("big", 2);
  const Client publisher = Connect("publisher");
  for (int qos = 0; qos <= 2; ++qos) {
    publisher->Publish({.topic = "big", .payload = payload, .qos = qos});
    const PahoClient::Message received = subscriber->Next();
    EXPECT_EQ(received.qos, qos);
    EXPECT_TRUE(received.payload == payload);  // Without showing them.
  }
}

TEST_P(PahoCLargeMessages, Of100MibArriveUnchanged) {
  static const std::string payload = Noise(100 << 20);
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("huge", 1);
  const Client publisher = Connect("publisher");
  publisher->Publish({.topic = "huge", .payload = payload, .qos = 1});
  EXPECT_TRUE(subscriber->Next().payload == payload);
}

TEST_P(PahoCMessages, AreRetainedForNewSubscriptionsUntilCleared) {
  const Client publisher = Connect("publisher");
  const Client live = Connect("live");
  live->Subscribe("house/#", 1);
  publisher->Publish({.topic = "house/attic", .payload = "old", .qos = 1, .retained = true});
  publisher->Publish({.topic = "house/cellar/wine", .payload = "old", .qos = 2, .retained = true});
  publisher->Publish({.topic = "house/attic", .payload = "new", .qos = 1, .retained = true});
  EXPECT_EQ(AllShown(live->Take(3)),
            (Texts{"house/attic old qos1", "house/cellar/wine old qos1", "house/attic new qos1"}));

  const Client late = Connect("late");
  late->Subscribe("house/#", 2);
  Texts found = AllShown(late->Take(2));
  std::ranges::sort(found);  // Nobody has promised their order.
  EXPECT_EQ(found, (Texts{"house/attic new qos1 retained", "house/cellar/wine old qos2 retained"}));
  late->Unsubscribe("house/#");

  publisher->Publish({.topic = "house/attic", .payload = "", .qos = 1, .retained = true});
  late->Subscribe("house/#", 1);
  EXPECT_EQ(late->Next().topic, "house/cellar/wine");
  ExpectNothingBefore(*late, *publisher, "house/fence");
}

TEST_P(PahoCMessages, OfTheDeadArePublishedWhenTheConnectionIsCut) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("will", 2);
  Relay relay(broker_.port());
  for (int qos = 0; qos <= 2; ++qos) {
    const std::string payload = fmt::format("gone {}", qos);
    const Client mortal = ConnectWith(
        {.client_id = fmt::format("mortal-{}", qos),
         .will = {{.topic = "will", .payload = payload, .qos = qos, .retained = qos == 2}}},
        relay.port());
    relay.Cut();
    mortal->AwaitLost();
    EXPECT_EQ(Shown(watcher->Next()), fmt::format("will {} qos{}", payload, qos));
  }
  const Client late = Connect("late");
  late->Subscribe("will", 2);
  EXPECT_EQ(Shown(late->Next()), "will gone 2 qos2 retained");
}

TEST_P(PahoCSingleMessages, OfTheDeadAreNotPublishedAfterDisconnect) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("will", 1);
  ConnectWith({.client_id = "mortal", .will = {{.topic = "will", .payload = "gone", .qos = 1}}})
      ->Disconnect();
  AwaitClosed("mortal");
  // At home in the same place, so that nothing it sends overtakes its predecessor's Will.
  ExpectNothingBefore(*watcher, *Connect("mortal"), "will");
}

TEST_P(PahoCMessages, OfASharedSubscriptionGoToOneMemberEach) {
  std::vector<Client> members;
  for (const char* name : {"a", "b", "c", "d"}) {
    members.push_back(Connect(name));
    members.back()->Subscribe("$share/crew/jobs/+", 1);
  }
  const Client outsider = Connect("outsider");
  outsider->Subscribe("jobs/#", 1);
  const Client publisher = Connect("publisher");
  for (const std::string& text : Numbered(80)) {
    publisher->Publish({.topic = "jobs/now", .payload = text, .qos = 1});
  }
  EXPECT_EQ(Payloads(outsider->Take(80)), Numbered(80));
  std::multiset<std::string> taken;
  for (const Client& member : members) {  // They take turns.
    for (const PahoClient::Message& message : member->Take(20)) taken.insert(message.payload);
  }
  const std::vector<std::string> all = Numbered(80);
  EXPECT_EQ(taken, std::multiset<std::string>(all.begin(), all.end()));
}

INSTANTIATE_TEST_SUITE_P(Tcp, PahoCMessages, OverTcp(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tls, PahoCMessages, OverTls(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tcp, PahoCSingleMessages, OverTcp(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tls, PahoCSingleMessages, OverTls(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tcp, PahoCLargeMessages,
                         testing::Combine(testing::Values(MQTTVERSION_3_1_1, MQTTVERSION_5),
                                          testing::ValuesIn(kShardCountsOfTwoPresets),
                                          testing::Values(Transport::kTcp)),
                         NameOfCase);

}  // namespace
}  // namespace signet
