// IntrospectionTest: a JwtMethod that asks a server about tokens of nobody whose keys it has.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {

inline constexpr std::string_view kEndpoint = "https://login.example/introspect";

class IntrospectionTest : public JwtTest {
 protected:
  // No issuer; the endpoint kEndpoint.
  IntrospectionTest() {
    settings_.issuers.clear();
    settings_.introspection.emplace(
        config::Introspection{.endpoint = std::string(kEndpoint),
                              .client_id = "broker",
                              .client_secret_text = SecretBytes("a:secret")});
    EXPECT_EQ(Make(), "");
  }

  // What the server says of a token that is good, without the braces around it.
  static std::string Good(std::string_view more = "") {
    return fmt::format(R"("active":true,"sub":"pump-7","exp":1700003600{})", more);
  }

  // What becomes of a token of which the server says this.
  const std::string& Introspect(std::string_view members, std::string_view token = "opaque") {
    Verify(token);
    EXPECT_EQ(verdict_, "");
    if (fetcher_.open() > 0) fetcher_.Answer(200, fmt::format("{{{}}}", members));
    return verdict_;
  }
};

}  // namespace signet::auth
