// Runs seeds of the simulation. usage: sim_test [--seeds=N] [--first=SEED]; a seed that fails is
// run again alone by --seeds=1 --first=SEED, step by step the same.
#include <gtest/gtest.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/mqtt/topic_name.h"
#include "fmt/format.h"
#include "tests/sim/simulation.h"

namespace signet::sim {
namespace {

#ifdef NDEBUG
uint64_t g_seeds = 10'000;
#else
uint64_t g_seeds = 500;  // Under sanitizers, and twenty times as slow.
#endif
uint64_t g_first = 1;

constexpr uint64_t kSeedsToFindABug = 300;

TEST(Simulation, KeepsEveryPromise) {
  uint64_t steps = 0;
  uint64_t delivered = 0;
  uint64_t policies = 0;
  Counters sum;
  for (uint64_t seed = g_first; seed < g_first + g_seeds; ++seed) {
    const Outcome outcome = Simulate(seed);
    steps += outcome.steps;
    delivered += outcome.delivered;
    policies += outcome.policies;
    sum += outcome.counters;
    ASSERT_EQ(outcome.violation, "")
        << fmt::format("seed {0}; again: sim_test --seeds=1 --first={0}\n{1}", seed, outcome.log);
  }
  std::printf(
      "%s\n",
      fmt::format("{} seeds, {} steps, {} messages delivered", g_seeds, steps, delivered).c_str());
  std::printf("%s\n",
              fmt::format("{} policies: they denied {} CONNECT, {} PUBLISH, {} SUBSCRIBE; "
                          "took back {} connections, {} Subscriptions, {} messages; "
                          "withheld {} Wills, {} Retained Messages",
                          policies, sum.denied_connect, sum.denied_publish, sum.denied_subscribe,
                          sum.revoked_clients, sum.revoked_subscriptions, sum.revoked_messages,
                          sum.wills_withheld, sum.retained_withheld)
                  .c_str());
  EXPECT_GT(delivered, g_seeds);
}

TEST(Simulation, IsTheSameForTheSameSeed) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome first = Simulate(seed);
    const Outcome second = Simulate(seed);
    EXPECT_EQ(first.trace, second.trace) << seed;
    EXPECT_EQ(first.delivered, second.delivered) << seed;
    EXPECT_NE(first.trace, Simulate(seed + 1).trace) << seed;
  }
}

// -- It finds what it is there for: a broker that is wrong once in a run.

// The first violation that `make_bug` leads to, which the same seed leads to again.
template <typename MakeBug>
std::string FirstViolation(MakeBug make_bug) {
  for (uint64_t seed = 1; seed <= kSeedsToFindABug; ++seed) {
    const Outcome outcome = Simulate(seed, make_bug());
    if (!outcome.violation.empty()) {
      std::printf("%s\n", fmt::format("seed {}, {}", seed, outcome.violation).c_str());
      const Outcome again = Simulate(seed, make_bug());
      EXPECT_EQ(again.violation, outcome.violation) << "not at the same step, or not the same";
      EXPECT_EQ(again.trace, outcome.trace);
      return outcome.violation;
    }
  }
  return "";
}

// Changes how often the third packet of a kind is heard.
template <typename IsMeant>
Bug Mishear(int times, IsMeant is_meant) {
  return {.ears = [=, left = 3](const Received& packet) mutable {
    return is_meant(packet) && --left == 0 ? times : 1;
  }};
}

// Has the second mail of a kind spoiled; `spoil` says whether it still arrives.
template <typename Mail, typename Change>
Bug Spoil(Change spoil) {
  return {.postman = [=, left = 2](ShardMessage& mail) mutable {
    auto* meant = std::get_if<Mail>(&mail);
    return meant == nullptr || --left != 0 || spoil(*meant);
  }};
}

TEST(SeededBug, ADroppedPubrecIsFound) {
  const auto is_pubrec = [](const Received& packet) { return packet.type == PacketType::kPubrec; };
  EXPECT_NE(FirstViolation([&] { return Mishear(0, is_pubrec); }), "");
}

TEST(SeededBug, ADoubledDeliveryIsFoundAtEachQos) {
  for (const QoS qos : {QoS::kAtMostOnce, QoS::kAtLeastOnce, QoS::kExactlyOnce}) {
    const auto is_message = [qos](const Received& packet) {
      return packet.type == PacketType::kPublish && packet.qos == qos && !packet.retain;
    };
    EXPECT_NE(FirstViolation([&] { return Mishear(2, is_message); }), "") << static_cast<int>(qos);
  }
}

TEST(SeededBug, ALostDeliveryIsFound) {
  const auto is_message = [](const Received& packet) {
    return packet.type == PacketType::kPublish && packet.qos == QoS::kAtLeastOnce;
  };
  EXPECT_NE(FirstViolation([&] { return Mishear(0, is_message); }), "");
}

TEST(SeededBug, ALostInterestUpdateIsFound) {
  EXPECT_NE(FirstViolation([] {
              return Spoil<WantFilters>([](WantFilters& mail) {
                mail.filters.clear();  // Answered, but not noted.
                return true;
              });
            }),
            "");
}

TEST(SeededBug, ALostWithdrawalOfInterestIsFound) {
  EXPECT_NE(FirstViolation([] { return Spoil<DropFilters>([](DropFilters&) { return false; }); }),
            "");
}

TEST(SeededBug, ALostForwardIsFound) {
  EXPECT_NE(FirstViolation([] { return Spoil<Forward>([](Forward&) { return false; }); }), "");
}

TEST(SeededBug, ALostSharedDeliveryIsFound) {
  EXPECT_NE(
      FirstViolation([] { return Spoil<SharedDeliver>([](SharedDeliver&) { return false; }); }),
      "");
}

// -- The same of policies: a shard that decides otherwise than they say.

// From the third such decision on, or that one alone.
enum class Often : uint8_t { kOnce, kAlways };

template <typename IsMeant>
Bug Misjudge(bool as_allowed, Often often, IsMeant is_meant) {
  return {.verdict = [=, left = 3](const Question& question, bool allowed) mutable {
    if (allowed == as_allowed || !is_meant(question)) return allowed;
    const bool now = --left == 0 || (left < 0 && often == Often::kAlways);
    return now ? as_allowed : allowed;
  }};
}

// Only of a message that waits it is asked whether its reader may have it, with whatever QoS.
bool IsOfAMessage(const Question& question) {
  return question.action == Action::kSubscribe && !question.manner.qos;
}

TEST(SeededBug, AMessageThatIsTakenThoughItMayBeReadIsFound) {
  EXPECT_NE(FirstViolation([] { return Misjudge(false, Often::kAlways, IsOfAMessage); }), "");
}

TEST(SeededBug, AMessageThatWaitsAndIsForgottenIsFound) {
  EXPECT_NE(FirstViolation([] { return Misjudge(true, Often::kAlways, IsOfAMessage); }), "");
}

// Only the store asks about a publisher elsewhere than at its home.
TEST(SeededBug, ARetainedMessageOfWhoMayNotPublishItIsFound) {
  const auto is_of_a_store = [](const Question& question) {
    return question.action == Action::kPublish && question.topic.starts_with("r/") &&
           !question.at_home;
  };
  EXPECT_NE(FirstViolation([&] { return Misjudge(true, Often::kAlways, is_of_a_store); }), "");
}

TEST(SeededBug, AWrongAnswerIsFoundForEachAction) {
  for (const Action action : {Action::kConnect, Action::kPublish, Action::kSubscribe}) {
    const auto is_meant = [action](const Question& question) {
      return question.action == action && question.at_home;
    };
    for (const bool as_allowed : {false, true}) {
      EXPECT_NE(FirstViolation([&] { return Misjudge(as_allowed, Often::kOnce, is_meant); }), "")
          << static_cast<int>(action) << " " << as_allowed;
    }
  }
}

void ReadFlag(std::string_view argument, std::string_view name, uint64_t* value) {
  if (!argument.starts_with(name)) return;
  argument.remove_prefix(name.size());
  std::from_chars(argument.data(), argument.data() + argument.size(), *value);
}

}  // namespace
}  // namespace signet::sim

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    signet::sim::ReadFlag(argv[i], "--seeds=", &signet::sim::g_seeds);
    signet::sim::ReadFlag(argv[i], "--first=", &signet::sim::g_first);
  }
  return RUN_ALL_TESTS();
}
