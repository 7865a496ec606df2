// Every conformance case, played on the core in memory: with 1, 2 and 4 shards, whole and byte by
// byte. tests/conformance/vectors/ has the cases, vector_file.h their language.
#include <cstdio>
#include <map>
#include <set>

#include "gtest/gtest.h"
#include "tests/conformance/broken_packets.h"
#include "tests/conformance/case_runner.h"
#include "tests/conformance/core_stage.h"
#include "tests/support/sample_packets.h"

namespace signet::conformance {
namespace {

#if defined(__SANITIZE_ADDRESS__)  // As in tests/support/broker_process.h.
constexpr uint32_t kShards[] = {1, 4};
#else
constexpr uint32_t kShards[] = {1, 2, 4};
#endif

void PlayOnCore(const Case& one, uint32_t shards) {
  for (const bool in_bytes : {false, true}) {
    CoreStage stage(one, shards, in_bytes);
    const Status status = CaseRunner(one, &stage).Run();
    EXPECT_TRUE(status.ok()) << (in_bytes ? "byte by byte: " : "whole: ") << status.sentence();
  }
}

class CoreCase : public testing::Test {
 public:
  CoreCase(const Case* one, uint32_t shards) : case_(*one), shards_(shards) {}
  void TestBody() override { PlayOnCore(case_, shards_); }

 private:
  const Case& case_;
  const uint32_t shards_;
};

// `cases` outlives the tests.
void Register(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    for (const uint32_t shards : kShards) {
      const std::string file = SIGNET_VECTORS "/" + one.file + ".txt";
      const std::string name = one.CamelCaseName() + "/" + std::to_string(shards);
      testing::RegisterTest(one.file.c_str(), name.c_str(), nullptr, nullptr, file.c_str(),
                            one.line,
                            [&one, shards]() -> CoreCase* { return new CoreCase(&one, shards); });
    }
  }
}

// Of the 15 types, MQTT 3.1.1 has all but AUTH.
TEST(SamplePackets, AreOfEveryTypeOfBothVersions) {
  std::map<ProtocolVersion, std::set<int>> types;
  for (const SamplePacket& packet : SamplePackets()) {
    types[packet.peer.version].insert(packet.bytes[0] >> 4);
  }
  EXPECT_EQ(types[ProtocolVersion::k5].size(), 15u);
  EXPECT_EQ(types[ProtocolVersion::k311].size(), 14u);
}

class BrokenPackets : public testing::TestWithParam<std::tuple<size_t, uint32_t>> {};

INSTANTIATE_TEST_SUITE_P(Core, BrokenPackets,
                         testing::Combine(testing::Range(size_t{0}, BrokenPacketCases().size()),
                                          testing::ValuesIn(kShards)),
                         [](const auto& each) {
                           return BrokenPacketCases()[std::get<0>(each.param)].CamelCaseName() +
                                  "On" + std::to_string(std::get<1>(each.param));
                         });

// Whatever is cut short, or lies about a length, or has flags that are reserved, or is a Server's
// to send, ends the Network Connection that it came on, and nothing else. [MQTT-2.1.3-1]
// [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1] [MQTT-3.15.1-1] [MQTT-4.13.1-1];
// MQTT 3.1.1: [MQTT-2.2.2-1] [MQTT-2.2.2-2] [MQTT-3.6.1-1] [MQTT-3.8.1-1] MQTT 3.1.1:
// [MQTT-3.10.1-1] [MQTT-3.14.1-1] [MQTT-4.8.0-1]
TEST_P(BrokenPackets, EndTheConnectionOfTheirSenderAlone) {
  PlayOnCore(BrokenPacketCases()[std::get<0>(GetParam())], std::get<1>(GetParam()));
}

}  // namespace
}  // namespace signet::conformance

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto cases = signet::conformance::ReadVectors(SIGNET_VECTORS);
  if (!cases.ok()) {
    std::fprintf(stderr, "%s\n", cases.error().sentence().c_str());
    return 1;
  }
  signet::conformance::Register(*cases);
  return RUN_ALL_TESTS();
}
