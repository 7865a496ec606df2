// What only MQTT 5.0 has.
#include <algorithm>
#include <chrono>
#include <map>

#include "tests/system/paho_c/paho_c_fixture.h"
#include "tests/system/paho_c/relay.h"

namespace signet {
namespace {

using std::chrono::steady_clock;

class PahoCVersion5 : public PahoCTest {};

TEST_P(PahoCVersion5, PropertiesOfAMessageReachTheSubscriber) {
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("deep/+", 1, 268'435'455);
  PropertyList properties;
  properties.Add(MQTTPROPERTY_CODE_PAYLOAD_FORMAT_INDICATOR, 1)
      .Add(MQTTPROPERTY_CODE_CONTENT_TYPE, "text/plain")
      .Add(MQTTPROPERTY_CODE_RESPONSE_TOPIC, "answer/here")
      .Add(MQTTPROPERTY_CODE_CORRELATION_DATA, "number 5")
      .AddUserProperty("key", "1")
      .AddUserProperty("key", "2");
  Connect("publisher")->Publish({.topic = "deep/topic", .payload = "x", .qos = 1}, properties);
  std::vector<std::string> received = subscriber->Next().properties;
  std::ranges::sort(received);
  EXPECT_EQ(received,
            (std::vector<std::string>{"CONTENT_TYPE=text/plain", "CORRELATION_DATA=number 5",
                                      "PAYLOAD_FORMAT_INDICATOR=1", "RESPONSE_TOPIC=answer/here",
                                      "SUBSCRIPTION_IDENTIFIER=268435455", "USER_PROPERTY=key:1",
                                      "USER_PROPERTY=key:2"}));
}

TEST_P(PahoCVersion5, ATopicAliasStandsForATopicName) {
  const Client subscriber = Connect("subscriber");
  subscriber->Subscribe("alias/#", 1);
  const Client publisher = Connect("publisher");
  EXPECT_GE(publisher->connack().topic_alias_maximum, 2u);
  PropertyList alias;
  alias.Add(MQTTPROPERTY_CODE_TOPIC_ALIAS, 1);
  for (const char* topic : {"alias/one", "alias/two"}) {  // The alias gets a new meaning.
    publisher->Publish({.topic = topic, .payload = "full", .qos = 1}, alias);
    publisher->Publish({.topic = "", .payload = "alias", .qos = 1}, alias);
  }
  std::vector<std::string> topics;
  for (const PahoClient::Message& message : subscriber->Take(4)) topics.push_back(message.topic);
  EXPECT_EQ(topics, (std::vector<std::string>{"alias/one", "alias/one", "alias/two", "alias/two"}));
}

TEST_P(PahoCVersion5, TheBrokerUsesAliasesOfAClientThatTakesThem) {
  const Client subscriber = ConnectWith({.client_id = "subscriber", .topic_alias_maximum = 2});
  subscriber->Subscribe("alias/#", 1);
  const Client publisher = Connect("publisher");
  std::vector<std::string> expected;
  for (int round = 0; round < 5; ++round) {
    for (const char* topic : {"alias/one", "alias/two", "alias/three"}) {
      publisher->Publish({.topic = topic, .payload = "x", .qos = 1});
      expected.emplace_back(topic);
    }
  }
  std::map<uint32_t, std::string> known;
  std::vector<std::string> resolved;
  size_t aliased = 0;
  for (const PahoClient::Message& message : subscriber->Take(15)) {
    EXPECT_LE(message.topic_alias, 2u);
    aliased += message.topic.empty();
    if (!message.topic.empty() && message.topic_alias != 0) {
      known[message.topic_alias] = message.topic;
    }
    resolved.push_back(message.topic.empty() ? known[message.topic_alias] : message.topic);
  }
  EXPECT_EQ(resolved, expected);
  EXPECT_GT(aliased, 0u);
}

TEST_P(PahoCVersion5, AWillWaitsForItsDelay) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("will", 1);
  Relay relay(broker_.port());
  const Client mortal = ConnectWith({.client_id = "mortal",
                                     .clean = false,
                                     .will = {{.topic = "will", .payload = "gone", .qos = 1}},
                                     .will_delay_s = 1},
                                    relay.port());
  const steady_clock::time_point begin = steady_clock::now();
  relay.Cut();
  EXPECT_EQ(watcher->Next().payload, "gone");
  EXPECT_GE(steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_P(PahoCVersion5, AWillMayBeAskedForWithDisconnect) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("will", 1);
  ConnectWith({.client_id = "mortal", .will = {{.topic = "will", .payload = "asked", .qos = 1}}})
      ->Disconnect(MQTTREASONCODE_DISCONNECT_WITH_WILL_MESSAGE);
  EXPECT_EQ(watcher->Next().payload, "asked");
}

INSTANTIATE_TEST_SUITE_P(All, PahoCVersion5,
                         testing::Combine(testing::Values(MQTTVERSION_5),
                                          testing::ValuesIn(kShardCounts),
                                          testing::Values(Transport::kTcp)),
                         NameOfCase);

}  // namespace
}  // namespace signet
