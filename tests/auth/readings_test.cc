#include "auth/readings.h"

#include <chrono>
#include <string>

#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

constexpr ReadingFamily kCount{
    .name = "a_total", .kind = ReadingFamily::Kind::kCounter, .help = "A."};
constexpr ReadingFamily kLevel{.name = "b", .kind = ReadingFamily::Kind::kGauge, .help = "B."};
constexpr ReadingFamily kLatency{
    .name = "c_seconds", .kind = ReadingFamily::Kind::kHistogram, .help = "C."};

TEST(Readings, AreOnesByFamilyAndIssuer) {
  Readings readings;
  readings.Add(kCount, 1);
  readings.Add(kCount, 2, "https://a");
  readings.Add(kLevel, 3, "https://a");
  const std::vector<Reading> all = readings.Take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1].family, &kCount);
  EXPECT_EQ(all[1].issuer, "https://a");
  EXPECT_EQ(std::get<uint64_t>(all[1].value), 2u);
}

// A family may have each combination of labels once, or nobody can read it.
TEST(Readings, OfWhatIsGivenTwiceThereIsOne) {
  LatencyHistogram latency;
  latency.Add(std::chrono::microseconds(3));
  Readings readings;
  for (const uint64_t value : {5u, 7u, 6u}) {
    readings.Add(kCount, value, "https://a");
    readings.Add(kLevel, value, "https://a");
    readings.Add(kLatency, latency, "https://a");
  }
  const std::vector<Reading> all = readings.Take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(std::get<uint64_t>(all[0].value), 18u);
  EXPECT_EQ(std::get<uint64_t>(all[1].value), 7u);
  EXPECT_EQ(std::get<LatencyHistogram>(all[2].value).counts[2], 3u);
  EXPECT_EQ(std::get<LatencyHistogram>(all[2].value).sum, 9u);
}

TEST(Readings, AreBounded) {
  Readings readings;
  for (size_t i = 0; i < Readings::kMost + 5; ++i) readings.Add(kCount, 1, std::to_string(i));
  readings.Add(kCount, 1, "0");  // Is there.
  const std::vector<Reading> all = readings.Take();
  EXPECT_EQ(all.size(), Readings::kMost);
  EXPECT_EQ(std::get<uint64_t>(all[0].value), 2u);
}

using ReportTest = AuthShardTest;

TEST_F(ReportTest, HasWhatMethodsTell) {
  sat_.report = [this](WallTime now, Readings* readings) {
    EXPECT_EQ(now, wall_);
    readings->Add(kLevel, 3);
  };
  Turn();
  const AuthReport report = shard_.Report();
  ASSERT_EQ(report.methods.size(), 1u);
  EXPECT_EQ(report.methods[0].method, "ServiceAccountToken");
  ASSERT_EQ(report.methods[0].readings.size(), 1u);
  EXPECT_EQ(report.methods[0].readings[0].family, &kLevel);
}

TEST_F(ReportTest, NamesakesAreToldApart) {
  Script custom;
  custom.name = "Custom";
  Configure({&custom, &sat_, &custom, &custom});
  std::vector<std::string> names;
  for (const AuthReport::Row& row : shard_.Report().methods) names.push_back(row.method);
  EXPECT_EQ(names,
            (std::vector<std::string>{"Custom", "ServiceAccountToken", "Custom/2", "Custom/3"}));
}

}  // namespace
}  // namespace signet::auth
