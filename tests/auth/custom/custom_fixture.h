// CustomTest: a CustomMethod whose server is a script, on a clock that stands still until it is
// moved.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/custom/custom_method.h"
#include "tests/auth/support/scripted_fetcher.h"

namespace signet::auth {

class CustomTest : public testing::Test {
 protected:
  static constexpr auto kNow = WallTime::FromSeconds(1'900'000'000);  // 2030-03-17T17:46:40Z

  CustomTest();

  // Makes method_ of settings_; what it was asked before is forgotten.
  void Make();

  static Credentials Password(std::string_view username, std::string_view password);
  static Credentials Enhanced(std::string_view method, std::string_view data);

  // Asks; what comes of it stands in verdicts_, in the order in which it comes.
  void Ask(Credentials credentials = Password("press-04", "s3cr3t"));
  // Asks, and gives the one answer.
  const std::string& Answered(uint16_t status, std::string_view body,
                              std::string_view content_type = "application/json");
  const std::string& last() const { return verdicts_.back(); }
  void Pass(Duration time);

  AuthClock clock_{.now = Instant(seconds(1000)), .wall = kNow};
  Pauses pauses_{clock_};
  config::CustomSettings settings_;
  ScriptedFetcher fetcher_;
  std::unique_ptr<CustomMethod> method_;
  std::vector<std::unique_ptr<Credentials>> asked_;
  // `accepted USERNAME NAME=VALUE;... until WHEN`, `denied CODE: RULE`, `unavailable: WHY`,
  // `not relevant`.
  std::vector<std::string> verdicts_;
};

}  // namespace signet::auth
