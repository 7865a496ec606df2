// JwtTest: a JwtMethod with issuers whose keys a test has, and servers that are a script.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "auth/oauth/jwt_method.h"
#include "tests/auth/support/scripted_fetcher.h"
#include "tests/auth/support/signing_key.h"

namespace signet::auth {

inline constexpr std::string_view kIssuer = "https://issuer.example";
inline constexpr std::string_view kJwksUri = "https://issuer.example/keys";
inline constexpr std::string_view kSecret = "a secret of more than thirty-two bytes";

class JwtTest : public testing::Test {
 protected:
  static constexpr auto kNow = WallTime::FromSeconds(1'700'000'000);

  // One issuer, kIssuer, whose keys are at kJwksUri; EdDSA and HS256 are allowed.
  JwtTest();

  // Makes method_ of settings_; the sentence if that cannot be.
  std::string Make();

  // Claims that are good, and are followed by more.
  static std::string Payload(std::string_view more = "");
  // Payload() with one text in place of another, which it has.
  static std::string Changed(std::string_view from, std::string_view to);

  static Credentials InPassword(std::string_view token);
  static Credentials Enhanced(std::string_view token, std::string_view method = "JWT");
  // The same as AUTH brings it.
  static Credentials Again(std::string_view token);

  // What the last question came to, in words; empty while there is no answer. An acceptance is
  // `accepted USERNAME as IDENTITY NAME=VALUE;... until SECONDS`.
  const std::string& VerifyThese(Credentials credentials);
  const std::string& Verify(std::string_view token) { return VerifyThese(Enhanced(token)); }
  // Answers what is asked of kJwksUri by these keys.
  void AnswerKeys(std::initializer_list<std::string> jwks) { fetcher_.Answer(200, KeySetOf(jwks)); }
  // What is said of claims that key_ has signed, which is known.
  std::string VerifyKnown(std::string_view payload);

  WallTime now_ = kNow;
  AuthClock clock_;  // For latencies alone.
  config::JwtSettings settings_;
  ScriptedFetcher fetcher_;
  std::unique_ptr<JwtMethod> method_;
  Credentials credentials_;
  std::string verdict_;
  WallTime known_until_;
  const SigningKey key_{"k1"};
  const SigningKey stranger_{"k2"};
};

}  // namespace signet::auth
