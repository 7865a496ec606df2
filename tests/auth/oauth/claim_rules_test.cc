// What the claims of a genuine token say about the client, and what they must be.
#include <fmt/format.h>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {
namespace {

using ClaimRulesTest = JwtTest;

constexpr std::string_view kUntil = "until 1700003600";

std::string Denial(std::string_view claim, std::string_view why = "is not what it must be") {
  return fmt::format("denied: the token's claim {} {}", claim, why);
}

TEST_F(ClaimRulesTest, SubIsTheUsername) {
  EXPECT_EQ(VerifyKnown(Payload()),
            "accepted pump-7 as https://issuer.example pump-7  until 1700003600");
}

TEST_F(ClaimRulesTest, AnotherClaimMayBe) {
  settings_.username_claim = "preferred_username";
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(VerifyKnown(Payload(R"(,"preferred_username":"press")")),
            fmt::format("accepted press as {} pump-7 press  {}", kIssuer, kUntil));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"preferred_username":7)")),
            fmt::format("accepted 7 as {} pump-7 7  {}", kIssuer, kUntil));
}

// Else a token would let in by any name that CONNECT says.
TEST_F(ClaimRulesTest, ATokenWithoutAUsernameIsRefused) {
  EXPECT_EQ(VerifyKnown(Changed(R"("sub":"pump-7",)", "")), Denial("sub", "is no username"));
  EXPECT_EQ(VerifyKnown(Changed("pump-7", "")), Denial("sub", "is no username"));
  EXPECT_EQ(VerifyKnown(Changed("pump-7", R"(a\u0000b)")), Denial("sub", "is no username"));
  settings_.username_claim = "names";
  ASSERT_EQ(Make(), "");
  for (const char* value : {R"(["a"])", R"({"a":"b"})", "null", "1.5", "\"\""}) {
    EXPECT_EQ(VerifyKnown(Payload(fmt::format(R"(,"names":{})", value))),
              Denial("names", "is no username"))
        << value;
  }
}

// What quotes itself cannot pass for two parts, nor two parts for one.
TEST_F(ClaimRulesTest, NobodyElseHasTheSameIdentity) {
  EXPECT_EQ(VerifyKnown(Changed("pump-7", "pump 7")),
            fmt::format("accepted pump 7 as {} \"pump 7\"  {}", kIssuer, kUntil));
  EXPECT_EQ(VerifyKnown(Changed("pump-7", R"(\")")),
            fmt::format("accepted \" as {} \"\\\"\"  {}", kIssuer, kUntil));
}

TEST_F(ClaimRulesTest, AttributesAreClaims) {
  settings_.attribute_claims = {{"line", "plant_line"}, {"boss", "is_boss"}, {"site", "site"}};
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(
      VerifyKnown(Payload(R"(,"plant_line":7,"is_boss":false,"site":"east")")),
      fmt::format("accepted pump-7 as {} pump-7 boss=false;line=7;site=east; {}", kIssuer, kUntil));
  // What is no word of a manifest is no attribute: rules can only give by attributes.
  EXPECT_EQ(VerifyKnown(Payload(R"(,"plant_line":[7],"is_boss":null,"site":{})")),
            fmt::format("accepted pump-7 as {} pump-7  {}", kIssuer, kUntil));
}

TEST_F(ClaimRulesTest, AttributesAreBounded) {
  settings_.attribute_claims = {{"line", "plant_line"}};
  ASSERT_EQ(Make(), "");
  const auto with = [&](const std::string& value) {
    return VerifyKnown(Payload(fmt::format(R"(,"plant_line":"{}")", value)));
  };
  EXPECT_TRUE(with(std::string(1000, 'x')).starts_with("accepted"));
  EXPECT_TRUE(with(std::string(16 * 1024 + 1, 'x')).starts_with("denied"));
  EXPECT_TRUE(with("a\\u0000b").starts_with("denied"));
}

TEST_F(ClaimRulesTest, ATokenMayCarryRights) {
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"acl":{"pub":["a/#"]})")).starts_with("accepted"));
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"acl":[])")).starts_with("accepted"));
  // Nobody is let in with less than the whole of what it was meant to be bound by.
  EXPECT_EQ(VerifyKnown(Payload(R"(,"acl":"all")")),
            Denial("acl", "is neither an object nor a list"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"acl":[{"permission":"no"}])")),
            Denial("acl", "has a rule whose permission is neither allow nor deny"));
  settings_.acl_claim = "rights";
  ASSERT_EQ(Make(), "");
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"acl":"all")")).starts_with("accepted"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"rights":7)")),
            Denial("rights", "is neither an object nor a list"));
}

TEST_F(ClaimRulesTest, ClaimsMustBeWhatIsConfigured) {
  settings_.verify_claims = {{"azp", "plant"}, {"verified", "true"}, {"level", "3"}};
  ASSERT_EQ(Make(), "");
  EXPECT_TRUE(
      VerifyKnown(Payload(R"(,"azp":"plant","verified":true,"level":3)")).starts_with("accepted"));
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"azp":"plant","verified":"true","level":"3")"))
                  .starts_with("accepted"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"azp":"Plant","verified":true,"level":3)")), Denial("azp"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"verified":true,"level":3)")), Denial("azp"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"azp":["plant"],"verified":true,"level":3)")), Denial("azp"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"azp":"plant","verified":false,"level":3)")),
            Denial("verified"));
  EXPECT_EQ(VerifyKnown(Payload(R"(,"azp":"plant","verified":true,"level":3.0)")), Denial("level"));
}

TEST_F(ClaimRulesTest, OfAnAudienceOneMustBeIt) {
  settings_.verify_claims = {{"aud", "plant"}};
  ASSERT_EQ(Make(), "");
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"aud":"plant")")).starts_with("accepted"));
  EXPECT_TRUE(VerifyKnown(Payload(R"(,"aud":["x","plant"])")).starts_with("accepted"));
  for (const char* other : {R"("")", "[]", R"(["x"])", R"("x")"}) {
    EXPECT_EQ(VerifyKnown(Payload(fmt::format(R"(,"aud":{})", other))), Denial("aud")) << other;
  }
  EXPECT_EQ(VerifyKnown(Payload()), Denial("aud"));
}

class BoundClaimsTest : public JwtTest {
 protected:
  BoundClaimsTest() {
    settings_.client_id_claim = "cid";
    settings_.verify_claims = {{"name", "${username}"}, {"path", "a/${clientid}/${username}"}};
    EXPECT_EQ(Make(), "");
    VerifyKnown(Payload());  // Now its key is known.
  }

  static std::string Bound(std::string_view client_id, std::string_view username,
                           std::string_view path) {
    return Payload(
        fmt::format(R"(,"cid":"{}","name":"{}","path":"{}")", client_id, username, path));
  }
  Credentials By(std::string_view client_id, std::optional<std::string> username,
                 std::string_view payload) const {
    Credentials credentials = InPassword(key_.Token(payload));
    credentials.client_id = client_id;
    credentials.username = std::move(username);
    return credentials;
  }
};

TEST_F(BoundClaimsTest, AreWhatConnectSaid) {
  const std::string payload = Bound("c1", "u1", "a/c1/u1");
  EXPECT_EQ(VerifyThese(By("c1", "u1", payload)),
            fmt::format("accepted pump-7 as {} pump-7 u1 a/c1/u1 c1  {}", kIssuer, kUntil));
  EXPECT_EQ(VerifyThese(By("c2", "u1", payload)), Denial("path"));
  EXPECT_EQ(VerifyThese(By("c1", "u2", payload)), Denial("name"));
  EXPECT_EQ(VerifyThese(By("C1", "u1", payload)), Denial("path"));
  EXPECT_EQ(VerifyThese(By("c2", "u1", Bound("c1", "u1", "a/c2/u1"))), Denial("cid"));
}

// What CONNECT does not say is not the same as nothing.
TEST_F(BoundClaimsTest, AreEqualToNothingThatIsAbsent) {
  EXPECT_EQ(VerifyThese(By("", "u1", Bound("", "u1", "a//u1"))), Denial("path"));
  EXPECT_EQ(VerifyThese(By("c1", std::nullopt, Bound("c1", "", "a/c1/"))), Denial("name"));
  EXPECT_EQ(VerifyThese(By("c1", "u1", Payload())), Denial("name"));
}

// A Client Identifier that looks like a setting is none.
TEST_F(BoundClaimsTest, WordsOfTheClientAreNotExpanded) {
  EXPECT_EQ(VerifyThese(By("${username}", "u1", Bound("${username}", "u1", "a/u1/u1"))),
            Denial("path"));
  EXPECT_TRUE(VerifyThese(By("${username}", "u1", Bound("${username}", "u1", "a/${username}/u1")))
                  .starts_with("accepted"));
}

TEST_F(BoundClaimsTest, WildcardsOfTopicsStandForNothing) {
  EXPECT_EQ(VerifyThese(By("#", "a/+", Bound("c1", "a/+", "a/c1/a/+"))), Denial("path"));
  EXPECT_EQ(VerifyThese(By("c1", "+", Bound("c1", "u1", "a/c1/u1"))), Denial("name"));
  EXPECT_TRUE(VerifyThese(By("#", "a/+", Bound("#", "a/+", "a/#/a/+"))).starts_with("accepted"));
}

// AUTH says neither; whose identity has other values is somebody else.
TEST_F(BoundClaimsTest, ArePartOfTheIdentityThatAReauthenticationKeeps) {
  const std::string payload = Bound("c1", "u1", "a/c1/u1");
  const std::string at_connect = VerifyThese(By("c1", "u1", payload));
  EXPECT_EQ(VerifyThese(Again(key_.Token(payload))), at_connect);
  EXPECT_NE(VerifyThese(Again(key_.Token(Bound("c2", "u1", "a/c1/u1")))), at_connect);
  EXPECT_NE(VerifyThese(Again(key_.Token(Bound("c1", "u2", "a/c1/u1")))), at_connect);
  EXPECT_NE(VerifyThese(Again(key_.Token(Bound("c1", "u1", "a/c2/u1")))), at_connect);
  EXPECT_EQ(VerifyThese(Again(key_.Token(Payload()))), Denial("name"));
}

}  // namespace
}  // namespace signet::auth
