// What JwtMethod tells of the keys it stands on.
#include <set>
#include <string>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {
namespace {

using JwtReadingsTest = JwtTest;

// An issuer without a name is shown by where its keys are, and one whose keys are all configured
// not at all.
TEST_F(JwtReadingsTest, AreOfPublishedKeys) {
  settings_.issuers.resize(3);
  settings_.issuers[1].jwks_uri = "https://other.example/keys";
  settings_.issuers[2].issuer = "https://third.example";
  settings_.issuers[2].hmac_secrets = {{"", SecretBytes(kSecret)}};
  ASSERT_EQ(Make(), "");
  Readings readings;
  method_->Report(now_, &readings);
  std::set<std::string> issuers;
  for (const Reading& reading : readings.Take()) issuers.insert(reading.issuer);
  EXPECT_EQ(issuers, (std::set<std::string>{std::string(kIssuer), "https://other.example/keys"}));
}

// Which the configuration allows for different audiences; each has keys of its own.
TEST_F(JwtReadingsTest, OfAnIssuerThatIsThereTwiceAreOnes) {
  settings_.issuers[0].audiences = {"a"};
  settings_.issuers.push_back(settings_.issuers[0]);
  settings_.issuers[1].audiences = {"b"};
  ASSERT_EQ(Make(), "");
  Readings readings;
  method_->Report(now_, &readings);
  std::set<std::string_view> names;
  for (const Reading& reading : readings.Take()) {
    EXPECT_TRUE(names.insert(reading.family->name).second) << reading.family->name;
  }
  EXPECT_TRUE(names.contains("auth_keys"));
}

}  // namespace
}  // namespace signet::auth
