#include "tools/broker/metrics_text.h"

#include <gtest/gtest.h>

#include <array>

namespace signet {
namespace {

TEST(MetricsText, HasHelpTypeAndSamples) {
  MetricsText text;
  text.Family("sessions", "gauge", "Sessions.");
  text.Sample({}, 3);
  text.Sample({{"listener", "front"}, {"method", "X509"}}, UINT64_MAX);
  EXPECT_EQ(text.Take(),
            "# HELP signet_sessions Sessions.\n"
            "# TYPE signet_sessions gauge\n"
            "signet_sessions 3\n"
            "signet_sessions{listener=\"front\",method=\"X509\"} 18446744073709551615\n");
}

TEST(MetricsText, EscapesWhatALabelMayNotHold) {
  MetricsText text;
  text.Family("x", "gauge", "X.");
  text.Sample({{"l", "a\"b\\c\nd"}}, 1);
  EXPECT_NE(text.Take().find(R"(signet_x{l="a\"b\\c\nd"} 1)"), std::string::npos);
}

TEST(MetricsText, AHistogramIsCumulative) {
  MetricsText text;
  text.Family("t", "histogram", "T.");
  text.Histogram({{"m", "x"}}, std::array<uint64_t, 4>{1, 0, 2, 4}, 0.5, 12.5);
  EXPECT_EQ(text.Take(),
            "# HELP signet_t T.\n"
            "# TYPE signet_t histogram\n"
            "signet_t_bucket{m=\"x\",le=\"0.5\"} 1\n"
            "signet_t_bucket{m=\"x\",le=\"1\"} 1\n"
            "signet_t_bucket{m=\"x\",le=\"2\"} 3\n"
            "signet_t_bucket{m=\"x\",le=\"+Inf\"} 7\n"
            "signet_t_sum{m=\"x\"} 12.5\n"
            "signet_t_count{m=\"x\"} 7\n");
}

}  // namespace
}  // namespace signet
