// PahoCTest: a broker of its own with some shards, and clients of one protocol version, over one
// transport.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/broker_process.h"
#include "tests/system/paho_c/paho_client.h"

namespace signet {

// Version, shards, transport.
using PahoCParameters = std::tuple<int, uint32_t, Transport>;

class PahoCTest : public testing::TestWithParam<PahoCParameters> {
 protected:
  using Client = std::unique_ptr<PahoClient>;

  static void SetUpTestSuite() { waker = std::make_unique<PahoWaker>(); }
  static void TearDownTestSuite() { waker.reset(); }

  static int version() { return std::get<0>(GetParam()); }
  static bool v5() { return version() == MQTTVERSION_5; }

  Client ConnectWith(PahoClient::Options options, uint16_t port = 0) const {
    options.version = version();
    options.transport = std::get<2>(GetParam());
    return std::make_unique<PahoClient>(waker.get(), port != 0 ? port : broker_.port(),
                                        std::move(options));
  }

  Client Connect(std::string client_id) const {
    return ConnectWith({.client_id = std::move(client_id)});
  }

  // A client whose Session outlives its connection.
  Client ConnectLasting(std::string client_id, uint16_t port = 0) const {
    return ConnectWith({.client_id = std::move(client_id), .clean = false}, port);
  }

  // Returns once the broker has noticed for the `times`-th time that the client has gone.
  void AwaitClosed(const std::string& client_id, size_t times = 1) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (CountClosed(client_id) < times) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << broker_.Log();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  // Disconnects, and returns once the broker has noticed: its shards hear of it in any order with
  // what comes over another connection.
  void Leave(PahoClient& client) const {
    const size_t before = CountClosed(client.client_id());
    client.Disconnect();
    AwaitClosed(client.client_id(), before + 1);
  }

  // What comes next to `subscriber` is what `publisher` sends now, hence nothing was due.
  static void ExpectNothingBefore(PahoClient& subscriber, PahoClient& publisher,
                                  const std::string& topic) {
    publisher.Publish({.topic = topic, .payload = "fence", .qos = 1});
    EXPECT_EQ(subscriber.Next().payload, "fence");
  }

  size_t CountClosed(const std::string& client_id) const {
    const std::string line = fmt::format("client disconnected client_id=\"{}\"", client_id);
    const std::string log = broker_.Log();
    size_t count = 0;
    for (size_t at = log.find(line); at != log.npos; at = log.find(line, at + 1)) ++count;
    return count;
  }

  static inline std::unique_ptr<PahoWaker> waker;
  TransportManifest manifest_{std::get<2>(GetParam())};
  BrokerProcess broker_{manifest_.Options(std::get<1>(GetParam()))};
};

// "v5_shards2_tcp"
inline std::string NameOfCase(const testing::TestParamInfo<PahoCParameters>& info) {
  const auto [version, shards, transport] = info.param;
  return fmt::format("{}_shards{}_{}", version == MQTTVERSION_5 ? "v5" : "v311", shards,
                     SchemeOf(transport));
}

// Over TCP both versions; over TLS one is enough. Not over WebSockets: of several packets that come
// at once, Paho 1.3.11 leaves the rest unread in its own buffer until something else comes.
inline auto OverTcp() {
  return testing::Combine(testing::Values(MQTTVERSION_3_1_1, MQTTVERSION_5),
                          testing::ValuesIn(kShardCounts), testing::Values(Transport::kTcp));
}
inline auto OverTls() {
  return testing::Combine(testing::Values(MQTTVERSION_5), testing::ValuesIn(kShardCounts),
                          testing::Values(Transport::kTls));
}

inline std::vector<std::string> Numbered(size_t count) {
  std::vector<std::string> texts;
  texts.reserve(count);
  for (size_t i = 0; i < count; ++i) texts.push_back(fmt::format("m{}", i));
  return texts;
}

inline std::vector<std::string> Payloads(const std::vector<PahoClient::Message>& messages) {
  std::vector<std::string> payloads;
  payloads.reserve(messages.size());
  for (const PahoClient::Message& message : messages) payloads.push_back(message.payload);
  return payloads;
}

}  // namespace signet
