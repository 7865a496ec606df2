// Every conformance case that does not wait long and forbids nothing, played on the program itself,
// over TCP on loopback, with as many shards as system tests have. Cases with the same settings
// share a process.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "tests/conformance/broken_packets.h"
#include "tests/conformance/case_runner.h"
#include "tests/conformance/process_stage.h"
#include "tests/support/broker_process.h"

namespace signet::conformance {
namespace {

// Real time is dear: a case that waits longer is for the core alone.
constexpr std::chrono::milliseconds kLongestWait{3000};

bool IsForCoreAlone(const Case& one) { return one.waits() > kLongestWait || !one.denials.empty(); }

std::vector<std::string> ArgumentsFor(const Case& one, uint32_t shards) {
  std::vector<std::string> arguments{"--shards", std::to_string(shards), "--no-pin"};
  for (const auto& [name, value] : one.limits) {
    arguments.insert(arguments.end(), {"--limit", fmt::format("{}={}", name, value)});
  }
  if (!one.response_information.empty()) {
    arguments.insert(arguments.end(), {"--response-information", one.response_information});
  }
  return arguments;
}

// The process that runs: the last one that somebody asked for.
class Processes : public testing::Environment {
 public:
  // Its port, or 0 if it does not start.
  uint16_t PortOf(const std::vector<std::string>& arguments) {
    if (process_ == nullptr || arguments != arguments_) {
      process_.reset();
      process_ = std::make_unique<BrokerProcess>(BrokerProcess::Options{.arguments = arguments});
      arguments_ = arguments;
    }
    return process_->port();
  }
  void TearDown() override { process_.reset(); }

 private:
  std::vector<std::string> arguments_;
  std::unique_ptr<BrokerProcess> process_;
};

Processes* g_processes = nullptr;  // GoogleTest's.

void PlayOnProcess(const Case& one, uint32_t shards) {
  const uint16_t port = g_processes->PortOf(ArgumentsFor(one, shards));
  ASSERT_NE(port, 0);
  ProcessStage stage(port);
  const Status status = CaseRunner(one, &stage).Run();
  EXPECT_TRUE(status.ok()) << status.sentence();
}

class ProcessCase : public testing::Test {
 public:
  ProcessCase(const Case* one, uint32_t shards) : case_(*one), shards_(shards) {}
  void TestBody() override { PlayOnProcess(case_, shards_); }

 private:
  const Case& case_;
  const uint32_t shards_;
};

// Cases with the same settings one after the other. `cases` outlives the tests.
size_t Register(const std::vector<Case>& cases) {
  std::vector<const Case*> chosen;
  for (const Case& one : cases) {
    if (!IsForCoreAlone(one)) chosen.push_back(&one);
  }
  std::ranges::stable_sort(chosen, {}, [](const Case* one) { return ArgumentsFor(*one, 1); });
  for (const uint32_t shards : kShardCounts) {
    for (const Case* one : chosen) {
      const std::string file = SIGNET_VECTORS "/" + one->file + ".txt";
      const std::string name = fmt::format("{}/{}/{}", one->file, one->CamelCaseName(), shards);
      testing::RegisterTest(
          "Process", name.c_str(), nullptr, nullptr, file.c_str(), one->line,
          [one, shards]() -> ProcessCase* { return new ProcessCase(one, shards); });
    }
  }
  return chosen.size();
}

class BrokenPacketsOnTheWire : public testing::TestWithParam<std::tuple<uint32_t, size_t>> {};

INSTANTIATE_TEST_SUITE_P(Process, BrokenPacketsOnTheWire,
                         testing::Combine(testing::ValuesIn(kShardCounts),
                                          testing::Range(size_t{0}, BrokenPacketCases().size())),
                         [](const auto& each) {
                           return BrokenPacketCases()[std::get<1>(each.param)].CamelCaseName() +
                                  "On" + std::to_string(std::get<0>(each.param));
                         });

// The same over TCP, an ordered and lossless stream of bytes: [MQTT-4.2-1] [MQTT-4.13.1-1]
// MQTT 3.1.1: [MQTT-7.1.1-1] [MQTT-4.8.0-1]
TEST_P(BrokenPacketsOnTheWire, EndTheConnectionOfTheirSenderAlone) {
  PlayOnProcess(BrokenPacketCases()[std::get<1>(GetParam())], std::get<0>(GetParam()));
}

}  // namespace
}  // namespace signet::conformance

int main(int argc, char** argv) {
  using namespace signet::conformance;
  testing::InitGoogleTest(&argc, argv);
  const auto cases = ReadVectors(SIGNET_VECTORS);
  if (!cases.ok()) {
    std::fprintf(stderr, "%s\n", cases.error().sentence().c_str());
    return 1;
  }
  g_processes = new Processes;
  testing::AddGlobalTestEnvironment(g_processes);
  const size_t played = Register(*cases);
  std::printf("%zu cases are played, %zu are for the core alone\n", played, cases->size() - played);
  return RUN_ALL_TESTS();
}
