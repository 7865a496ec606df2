// MethodTest: a ServiceAccountTokenMethod whose API server is a script.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "auth/kubernetes/service_account_token_method.h"
#include "tests/auth/kubernetes/small_files.h"
#include "tests/auth/support/scripted_fetcher.h"
#include "tests/auth/support/signing_key.h"

namespace signet::auth {

class MethodTest : public testing::Test {
 protected:
  static constexpr auto kNow = WallTime::FromSeconds(1'700'000'000);

  MethodTest();

  // Makes method_ of settings_, cluster_ and files_.
  void Make();

  static Credentials Enhanced(std::string_view token);
  static Credentials UsernameForm(ProtocolVersion version, std::string_view username,
                                  std::string_view token);

  // What the last Verify came to, in words; empty while there is no answer. An acceptance is
  // `accepted IDENTITY NAME=VALUE;... until MILLISECONDS`.
  const std::string& Verify(std::string_view token) { return VerifyThese(Enhanced(token)); }
  const std::string& VerifyThese(Credentials credentials);
  // What it says if nothing but the token is looked at; otherwise it fails.
  std::string VerifyLocally(std::string_view token);

  WallTime now_ = kNow;
  config::ServiceAccountTokenSettings settings_;
  ClusterVariables cluster_;
  SmallFiles files_;
  ScriptedFetcher fetcher_;
  std::unique_ptr<ServiceAccountTokenMethod> method_;
  Credentials credentials_;
  std::string verdict_;
};

}  // namespace signet::auth
