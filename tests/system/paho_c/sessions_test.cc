// What outlives a connection, and how connections end.
#include "tests/system/paho_c/paho_c_fixture.h"
#include "tests/system/paho_c/relay.h"

namespace signet {
namespace {

class PahoCSessions : public PahoCTest {};
class PahoCSessionStates : public PahoCTest {};

TEST_P(PahoCSessions, GetWhatWasQueuedWhenTheClientComes) {
  const Client sleeper = ConnectLasting("sleeper");
  EXPECT_FALSE(sleeper->connack().session_present);
  sleeper->Subscribe("queue/#", 2);
  Leave(*sleeper);
  const Client publisher = Connect("publisher");
  int qos = 1;
  for (const std::string& text : Numbered(50)) {
    publisher->Publish({.topic = "queue/x", .payload = text, .qos = qos});
    qos = 3 - qos;
  }
  EXPECT_TRUE(sleeper->Resume());
  std::vector<std::string> of_qos[3];
  for (const PahoClient::Message& message : sleeper->Take(50)) {
    of_qos[message.qos].push_back(message.payload);
  }
  // A QoS 2 message shows when PUBREL comes, which is later than its turn.
  ASSERT_EQ(of_qos[1].size(), 25u);
  ASSERT_EQ(of_qos[2].size(), 25u);
  for (size_t i = 0; i < 25; ++i) {
    EXPECT_EQ(of_qos[1][i], fmt::format("m{}", 2 * i));
    EXPECT_EQ(of_qos[2][i], fmt::format("m{}", 2 * i + 1));
  }
  ExpectNothingBefore(*sleeper, *publisher, "queue/fence");
}

TEST_P(PahoCSessions, SendAgainWhatWasNotAcknowledged) {
  Relay relay(broker_.port());
  const Client subscriber = ConnectLasting("subscriber", relay.port());
  subscriber->Subscribe("again", 1);
  relay.Mute(Relay::kUp);  // Its acknowledgements are lost.
  const Client publisher = Connect("publisher");
  publisher->Publish({.topic = "again", .payload = "one", .qos = 1});
  EXPECT_EQ(subscriber->Next().payload, "one");
  relay.Cut();
  subscriber->AwaitLost();
  AwaitClosed("subscriber");
  publisher->Publish({.topic = "again", .payload = "two", .qos = 1});
  EXPECT_TRUE(subscriber->Resume());
  const std::vector<PahoClient::Message> messages = subscriber->Take(2);
  EXPECT_EQ(Payloads(messages), (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(messages[0].duplicate);
  EXPECT_FALSE(messages[1].duplicate);
  ExpectNothingBefore(*subscriber, *publisher, "again");
}

TEST_P(PahoCSessions, TakeAQos2MessageOnceThoughItComesTwice) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("once/#", 2);
  Relay relay(broker_.port());
  const Client publisher = ConnectLasting("publisher", relay.port());
  relay.Mute(Relay::kDown);  // The broker's acknowledgements are lost.
  std::vector<size_t> sent;
  for (const std::string& text : Numbered(10)) {
    sent.push_back(publisher->Send({.topic = "once/2", .payload = text, .qos = 2}));
  }
  EXPECT_EQ(Payloads(watcher->Take(10)), Numbered(10));
  relay.Cut();
  publisher->AwaitLost();
  EXPECT_TRUE(publisher->Resume());  // Paho sends all of them again.
  for (const size_t operation : sent) publisher->Await(operation);
  ExpectNothingBefore(*watcher, *publisher, "once/fence");
}

TEST_P(PahoCSessions, TakeAQos1MessageAsOftenAsItComes) {
  const Client watcher = Connect("watcher");
  watcher->Subscribe("repeat", 1);
  Relay relay(broker_.port());
  const Client publisher = ConnectLasting("publisher", relay.port());
  relay.Mute(Relay::kDown);
  const size_t sent = publisher->Send({.topic = "repeat", .payload = "x", .qos = 1});
  EXPECT_EQ(watcher->Next().payload, "x");
  relay.Cut();
  publisher->AwaitLost();
  EXPECT_TRUE(publisher->Resume());
  publisher->Await(sent);
  EXPECT_EQ(watcher->Next().payload, "x");
}

TEST_P(PahoCSessionStates, AreForgottenByACleanStart) {
  const Client first = ConnectLasting("forgetful");
  first->Subscribe("old", 1);
  Leave(*first);
  const Client publisher = Connect("publisher");
  publisher->Publish({.topic = "old", .payload = "queued", .qos = 1});
  const Client second = Connect("forgetful");
  EXPECT_FALSE(second->connack().session_present);
  publisher->Publish({.topic = "old", .payload = "live", .qos = 1});
  second->Subscribe("new", 1);
  ExpectNothingBefore(*second, *publisher, "new");
  Leave(*second);
  EXPECT_FALSE(ConnectLasting("forgetful")->connack().session_present);
}

TEST_P(PahoCSessionStates, AreTakenOverByASecondClient) {
  const Client first = ConnectLasting("twin");
  first->Subscribe("twin", 1);
  const Client second = ConnectLasting("twin");
  EXPECT_TRUE(second->connack().session_present);
  EXPECT_EQ(first->AwaitLost(), v5() ? MQTTREASONCODE_SESSION_TAKEN_OVER : 0);
  Connect("publisher")->Publish({.topic = "twin", .payload = "to the second", .qos = 1});
  EXPECT_EQ(second->Next().payload, "to the second");
  EXPECT_EQ(first->waiting(), 0u);
}

TEST_P(PahoCSessionStates, EndWithTheBroker) {
  std::vector<Client> clients;
  for (const std::string& name : Numbered(6)) clients.push_back(Connect(name));
  broker_.Stop();
  for (const Client& client : clients) {
    EXPECT_EQ(client->AwaitLost(), v5() ? MQTTREASONCODE_SERVER_SHUTTING_DOWN : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Tcp, PahoCSessions, OverTcp(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tls, PahoCSessions, OverTls(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tcp, PahoCSessionStates, OverTcp(), NameOfCase);
INSTANTIATE_TEST_SUITE_P(Tls, PahoCSessionStates, OverTls(), NameOfCase);

}  // namespace
}  // namespace signet
