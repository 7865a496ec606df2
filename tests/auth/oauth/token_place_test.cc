// Where a JwtMethod looks for a token, whose it takes it for, and what makes questions equal.
#include <fmt/format.h>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {
namespace {

using TokenPlaceTest = JwtTest;
using config::TokenSource;

std::string TokenOf(std::string_view issuer) {
  return UnsignedToken(R"({"alg":"EdDSA"})", fmt::format(R"({{"iss":"{}"}})", issuer));
}

TEST_F(TokenPlaceTest, ThePasswordOrAuthenticationDataByDefault) {
  const std::string token = TokenOf(kIssuer);
  EXPECT_TRUE(method_->IsRelevant(InPassword(token)));
  for (const char* name : {"JWT", "OAUTH2-JWT", "CUSTOM-JWT"}) {
    EXPECT_TRUE(method_->IsRelevant(Enhanced(token, name))) << name;
  }
  for (const char* name : {"", "jwt", "JWT ", "K8S-SAT", "SCRAM-SHA-256"}) {
    EXPECT_FALSE(method_->IsRelevant(Enhanced(token, name))) << name;
  }
  Credentials named = InPassword("password");
  named.username = token;
  EXPECT_FALSE(method_->IsRelevant(named));
  EXPECT_FALSE(method_->IsRelevant(Credentials{}));
}

TEST_F(TokenPlaceTest, TheUsernameIfTheSettingsSaySo) {
  settings_.from = {TokenSource::kUsername};
  ASSERT_EQ(Make(), "");
  Credentials credentials{.version = ProtocolVersion::k311};
  credentials.username = TokenOf(kIssuer);
  EXPECT_TRUE(method_->IsRelevant(credentials));
  EXPECT_EQ(method_->Evidence(credentials).text(), *credentials.username);
  EXPECT_FALSE(method_->IsRelevant(InPassword(TokenOf(kIssuer))));
  EXPECT_FALSE(method_->IsRelevant(Enhanced(TokenOf(kIssuer))));
}

TEST_F(TokenPlaceTest, TheAuthenticationMethodsThatAreConfigured) {
  settings_.enhanced_methods = {"PLANT-TOKEN"};
  ASSERT_EQ(Make(), "");
  EXPECT_TRUE(method_->IsRelevant(Enhanced(TokenOf(kIssuer), "PLANT-TOKEN")));
  EXPECT_FALSE(method_->IsRelevant(Enhanced(TokenOf(kIssuer), "JWT")));
}

// Who names a method of enhanced authentication is not let in by something else.
TEST_F(TokenPlaceTest, APasswordBesideAnAuthenticationMethodDoesNotCount) {
  for (const char* name : {"SCRAM-SHA-256", "JWT"}) {
    Credentials credentials = InPassword(TokenOf(kIssuer));
    credentials.authentication_method = name;
    EXPECT_FALSE(method_->IsRelevant(credentials)) << name;
  }
}

TEST_F(TokenPlaceTest, TheFirstPlaceWithATokenOfOneOfTheIssuers) {
  settings_.from = {TokenSource::kUsername, TokenSource::kPassword};
  ASSERT_EQ(Make(), "");
  const std::string ours = TokenOf(kIssuer);
  Credentials credentials = InPassword(ours);
  credentials.username = "pump-7";
  EXPECT_EQ(method_->Evidence(credentials).text(), ours);
  credentials.username = TokenOf("https://other.example");
  EXPECT_EQ(method_->Evidence(credentials).text(), ours);
  credentials.username = UnsignedToken("{}", Payload());
  EXPECT_EQ(method_->Evidence(credentials).text(), *credentials.username);
}

TEST_F(TokenPlaceTest, ATokenOfAnotherIssuerIsForTheNextMethod) {
  for (const char* other : {"https://issuer.example/", "https://ISSUER.example", "issuer", ""}) {
    EXPECT_FALSE(method_->IsRelevant(InPassword(TokenOf(other)))) << other;
  }
  EXPECT_FALSE(method_->IsRelevant(InPassword(UnsignedToken("{}", R"({"sub":"a"})"))));
  EXPECT_FALSE(method_->IsRelevant(InPassword(UnsignedToken("{}", R"({"iss":["a"]})"))));
}

TEST_F(TokenPlaceTest, WithoutANameAnIssuersTokensAreAll) {
  settings_.issuers[0].issuer.clear();
  ASSERT_EQ(Make(), "");
  for (const char* any : {R"({"iss":"x"})", "{}", R"({"iss":7})"}) {
    EXPECT_TRUE(method_->IsRelevant(InPassword(UnsignedToken("{}", any)))) << any;
  }
}

TEST_F(TokenPlaceTest, APasswordThatIsNoTokenIsForTheNextMethod) {
  settings_.issuers[0].issuer.clear();
  ASSERT_EQ(Make(), "");
  const std::string good = TokenOf(kIssuer);
  for (const std::string& other :
       {std::string(), std::string("password"), std::string(".."), std::string("a.b.c"),
        std::string("a.W10.c"), std::string(".e30."), std::string("e30.e30"), "a." + good,
        good + "." + good, good + " " + good, EncodeBase64Url("{}") + ".e30=.x",
        UnsignedToken("{}", R"({"exp":1,"exp":2})"),
        UnsignedToken("{}", R"({"exp":18446744073709551616})"),
        UnsignedToken("{\"kid\":\"" + std::string(65'536, 'k') + "\"}", Payload()),
        std::string(CompactJws::kMaxBytes, 'a') + ".e30.x"}) {
    EXPECT_FALSE(method_->IsRelevant(InPassword(other))) << other.substr(0, 100);
  }
}

// It would be tried as a password otherwise.
TEST_F(TokenPlaceTest, ATokenThatIsFlawedIsItsIssuersAllTheSame) {
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"EdDSA","crit":["x"]})", "no JSON"}) {
    EXPECT_TRUE(method_->IsRelevant(InPassword(UnsignedToken(header, Payload(), "")))) << header;
  }
}

TEST_F(TokenPlaceTest, EqualTokensAreOneQuestion) {
  EXPECT_EQ(method_->Evidence(InPassword("a.b.c")).text(), "a.b.c");
  EXPECT_EQ(method_->Evidence(Enhanced("a.b.c")), method_->Evidence(InPassword("a.b.c")));
  EXPECT_EQ(method_->Evidence(Again("a.b.c")), method_->Evidence(InPassword("a.b.c")));
}

TEST_F(TokenPlaceTest, WhatAClaimIsBoundToIsPartOfTheQuestion) {
  settings_.client_id_claim = "cid";
  settings_.verify_claims = {{"name", "${username}"}};
  ASSERT_EQ(Make(), "");
  const Credentials first = InPassword("a.b.c");
  Credentials other_id = first;
  other_id.client_id = "c2";
  Credentials other_name = first;
  other_name.username = "u2";
  Credentials no_name = first;
  no_name.username.reset();
  Credentials empty_name = first;
  empty_name.username = "";
  Credentials both = first;  // The same letters, in other places.
  both.client_id = "c1u";
  both.username = "1";
  const std::vector<Credentials> all = {first,      other_id, other_name,    no_name,
                                        empty_name, both,     Again("a.b.c")};
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = 0; j < all.size(); ++j) {
      EXPECT_EQ(method_->Evidence(all[i]) == method_->Evidence(all[j]), i == j) << i << j;
    }
  }
}

}  // namespace
}  // namespace signet::auth
