#include "tools/broker/metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace signet {
namespace {

using auth::AuthReport;
using auth::Reading;
using auth::ReadingFamily;

constexpr ReadingFamily kAge{
    .name = "auth_age_seconds", .kind = ReadingFamily::Kind::kGauge, .help = "How old it is."};
constexpr ReadingFamily kLatency{
    .name = "auth_wait_seconds", .kind = ReadingFamily::Kind::kHistogram, .help = "How long."};

std::string TextOf(const AuthReport& report) { return MetricsOf(ShardGroup::Sums{}, report); }

TEST(Metrics, ReadingsOfAFamilyStandTogether) {
  AuthReport report;
  auth::LatencyHistogram latency;
  latency.Add(std::chrono::microseconds(1));
  report.methods.push_back({.listener = "front/1883",
                            .method = "Custom",
                            .readings = {{.family = &kAge, .value = uint64_t{7}},
                                         {.family = &kLatency, .value = latency}}});
  report.methods.push_back(
      {.listener = "front/1883",
       .method = "JWT",
       .readings = {{.family = &kAge, .issuer = "https://a", .value = uint64_t{8}}}});
  const std::string text = TextOf(report);
  EXPECT_NE(
      text.find(
          "# HELP signet_auth_age_seconds How old it is.\n"
          "# TYPE signet_auth_age_seconds gauge\n"
          R"(signet_auth_age_seconds{listener="front/1883",method="Custom"} 7)"
          "\n"
          R"(signet_auth_age_seconds{listener="front/1883",method="JWT",issuer="https://a"} 8)"
          "\n"
          "# HELP signet_auth_wait_seconds How long.\n"
          "# TYPE signet_auth_wait_seconds histogram\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(signet_auth_wait_seconds_sum{listener="front/1883",method="Custom"} 1e-06)"
                      "\n"
                      R"(signet_auth_wait_seconds_count{listener="front/1883",method="Custom"} 1)"
                      "\n"),
            std::string::npos)
      << text;
}

TEST(Metrics, OfNoReadingsThereIsNoFamily) {
  EXPECT_EQ(TextOf({}).find("signet_auth_age_seconds"), std::string::npos);
}

}  // namespace
}  // namespace signet
