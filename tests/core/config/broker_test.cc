// What a Broker document sets.
#include "core/config/broker.h"

#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

LoadResult LoadBroker(std::string_view spec) {
  return Load(fmt::format("apiVersion: {}\nkind: Broker\nmetadata: {{name: default}}\nspec: {}\n",
                          kGroup, spec));
}

Limits LimitsOf(std::string_view spec) {
  const LoadResult result = LoadBroker(spec);
  EXPECT_EQ(ProblemsOf(result), "");
  Limits limits;
  if (result.configuration) ApplyLimits(result.configuration->broker, &limits);
  return limits;
}

Limits LimitsOfClients(std::string_view clients) {
  return LimitsOf(fmt::format("{{advanced: {{clients: {{{}}}}}}}", clients));
}

TEST(BrokerLimits, StayAsTheyAreWhereNothingIsSaid) {
  Limits set;
  set.queued_messages = 7;
  set.packet_bytes = 2048;
  const LoadResult result = LoadBroker("{}");
  ApplyLimits(result.configuration->broker, &set);
  EXPECT_EQ(set.queued_messages, 7u);
  EXPECT_EQ(set.packet_bytes, 2048u);
  EXPECT_EQ(set.session_expiry_s, Limits().session_expiry_s);
}

TEST(BrokerLimits, AreThoseOfTheClients) {
  EXPECT_EQ(LimitsOfClients("maxSessionExpirySeconds: 60").session_expiry_s, 60u);
  EXPECT_EQ(LimitsOfClients("maxSessionExpirySeconds: 4294967295").session_expiry_s, UINT32_MAX);
  EXPECT_EQ(LimitsOfClients("maxMessageExpirySeconds: 60").message_expiry_s, 60u);
  EXPECT_EQ(LimitsOfClients("maxReceiveMaximum: 5").inflight_messages, 5u);
  EXPECT_EQ(LimitsOfClients("maxReceiveMaximum: 5").receive_maximum, Limits().receive_maximum);
}

TEST(BrokerLimits, OfPacketsAreTheSmallest) {
  EXPECT_EQ(LimitsOfClients("maxPacketSizeBytes: 4096").packet_bytes, 4096u);
  EXPECT_EQ(LimitsOfClients("maxPacketSizeBytes: 1").packet_bytes, 1024u);
  EXPECT_EQ(LimitsOf("{memoryProfile: tiny}").packet_bytes, 4u << 20);
  EXPECT_EQ(LimitsOf("{memoryProfile: Low}").packet_bytes, 16u << 20);
  EXPECT_EQ(LimitsOf("{memoryProfile: Medium}").packet_bytes, 64u << 20);
  EXPECT_EQ(LimitsOf("{memoryProfile: High}").packet_bytes, 256u << 20);
  EXPECT_EQ(LimitsOf("{memoryProfile: Tiny, advanced: {clients: {maxPacketSizeBytes: 8388608}}}")
                .packet_bytes,
            4u << 20);
}

TEST(BrokerLimits, OfTheKeepAliveAreNoneWithZero) {
  EXPECT_EQ(LimitsOfClients("maxKeepAliveSeconds: 30").keep_alive_s, 30u);
  EXPECT_EQ(LimitsOfClients("maxKeepAliveSeconds: 0").keep_alive_s, 65'535u);
}

TEST(BrokerLimits, OfTheQueueSayWhatIsDropped) {
  const Limits oldest = LimitsOfClients("subscriberQueueLimit: {length: 5, strategy: DropOldest}");
  EXPECT_EQ(oldest.queued_messages, 5u);
  EXPECT_EQ(oldest.queue_drops_oldest, 1u);
  const Limits none = LimitsOfClients("subscriberQueueLimit: {length: 9223372036854775807}");
  EXPECT_EQ(none.queued_messages, 100'000'000u);
  EXPECT_EQ(none.queue_drops_oldest, 0u);
}

TEST(BrokerLimits, OfOursComeLast) {
  const Limits limits = LimitsOf(
      "{limits: {session_expiry_s: 5, connections: 9}, "
      "advanced: {clients: {maxSessionExpirySeconds: 60}}}");
  EXPECT_EQ(limits.session_expiry_s, 5u);
  EXPECT_EQ(limits.connections, 9u);
}

TEST(BrokerLimits, AreCheckedByTheirTable) {
  EXPECT_EQ(ProblemsOf(LoadBroker("{limits: {conections: 5}}")),
            "a.yaml:4: spec: limits: there is no limit \"conections\" (did you mean connections?)");
  EXPECT_EQ(ProblemsOf(LoadBroker("{limits: {connections: 0}}")),
            "a.yaml:4: spec: limits: limit connections must be from 1 to 16000000 (connections of "
            "the broker), not 0");
}

TEST(BrokerDocument, SaysHowMuchIsLogged) {
  const auto level = [](std::string_view name) {
    return LoadBroker(fmt::format("{{diagnostics: {{logs: {{level: {}}}}}}}", name))
        .configuration->broker.log_level();
  };
  EXPECT_EQ(LoadBroker("{}").configuration->broker.log_level(), std::nullopt);
  EXPECT_EQ(level("trace"), LogLevel::kDebug);
  EXPECT_EQ(level("debug"), LogLevel::kDebug);
  EXPECT_EQ(level("Info"), LogLevel::kInfo);
  EXPECT_EQ(level("warn"), LogLevel::kWarning);
  EXPECT_EQ(level("error"), LogLevel::kError);
}

TEST(BrokerDocument, WarnsOfWhatIsNotThere) {
  EXPECT_EQ(ProblemsOf(LoadBroker("{persistence: {maxSize: 1G}}")),
            "a.yaml:4: warning: spec: persistence has no effect: messages are kept in memory "
            "alone");
}

}  // namespace
}  // namespace signet::config
