// That a server calls a token active is not enough: what it says of it is held to the rules of a
// JSON Web Token.
#include <ostream>
#include <string>
#include <utility>

#include "tests/auth/oauth/introspection_fixture.h"

namespace signet::auth {
namespace {

struct Row {
  std::string name;
  std::string times;  // Behind `"sub":"pump-7"`.
  std::string verdict;
  uint64_t leeway_s = 0;
  bool require_exp = true;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string Until(std::string_view end) {
  return fmt::format("accepted pump-7 as \"\" pump-7  until {}", end);
}

const std::string kExpired = "denied: the token has expired";
const std::string kEarly = "denied: the token is not valid yet";
const std::string kEnd = R"(,"exp":1700003600)";

class IntrospectedTimesTest : public IntrospectionTest, public testing::WithParamInterface<Row> {};

TEST_P(IntrospectedTimesTest, AreJudgedSo) {
  const Row& row = GetParam();
  settings_.leeway_s = row.leeway_s;
  settings_.require_exp = row.require_exp;
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Introspect(R"("active":true,"sub":"pump-7")" + row.times), row.verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, IntrospectedTimesTest,
    testing::Values(
        Row{.name = "InAnHour", .times = kEnd, .verdict = Until("1700003600")},
        Row{.name = "InASecond", .times = R"(,"exp":1700000001)", .verdict = Until("1700000001")},
        Row{.name = "Now", .times = R"(,"exp":1700000000)", .verdict = kExpired},
        Row{.name = "Past", .times = R"(,"exp":1699999999)", .verdict = kExpired},
        Row{.name = "WithinTheLeeway",
            .times = R"(,"exp":1699999981)",
            .verdict = Until("1700000001"),
            .leeway_s = 20},
        Row{.name = "AtTheEndOfTheLeeway",
            .times = R"(,"exp":1699999980)",
            .verdict = kExpired,
            .leeway_s = 20},
        Row{.name = "WithoutEnd", .times = "", .verdict = "denied: the token has no end"},
        Row{.name = "WithoutEndWhereItNeedHaveNone",
            .times = "",
            .verdict = Until("never"),
            .require_exp = false},
        Row{.name = "NotYet", .times = kEnd + R"(,"nbf":1700000001)", .verdict = kEarly},
        Row{.name = "FromNowOn",
            .times = kEnd + R"(,"nbf":1700000000)",
            .verdict = Until("1700003600")},
        Row{.name = "SoonWithinTheLeeway",
            .times = kEnd + R"(,"nbf":1700000020)",
            .verdict = Until("1700003620"),
            .leeway_s = 20},
        Row{.name = "IssuedInTheFuture",
            .times = kEnd + R"(,"iat":1800000000)",
            .verdict = Until("1700003600")}),
    [](const auto& row) { return row.param.name; });

using IntrospectedClaimsTest = IntrospectionTest;

std::string ClaimDenial(std::string_view claim, std::string_view why = "is not what it must be") {
  return fmt::format("denied: the token's claim {} {}", claim, why);
}

// Tokens that a client got for itself have no `sub` at some servers.
TEST_F(IntrospectedClaimsTest, TheUsernameIsTheClaimThatIsConfigured) {
  constexpr std::string_view kAnswer =
      R"("active":true,"exp":1700003600,"client_id":"pump-7","username":"u-7")";
  EXPECT_EQ(Introspect(kAnswer), ClaimDenial("sub", "is no username"));
  for (const auto& [claim, name] :
       {std::pair("client_id", "pump-7"), std::pair("username", "u-7")}) {
    settings_.username_claim = claim;
    ASSERT_EQ(Make(), "");
    EXPECT_EQ(Introspect(kAnswer),
              fmt::format("accepted {0} as \"\" \"\" {0}  until 1700003600", name));
  }
}

TEST_F(IntrospectedClaimsTest, IssuerAndSubjectAreTheIdentity) {
  EXPECT_EQ(Introspect(Good(R"(,"iss":"https://login.example")")),
            "accepted pump-7 as https://login.example pump-7  until 1700003600");
}

TEST_F(IntrospectedClaimsTest, ClaimsAreVerified) {
  settings_.verify_claims = {{"scope", "mqtt"}, {"aud", "plant"}};
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Introspect(Good(R"(,"scope":"mqtt","aud":["other","plant"])")), Until("1700003600"));
  EXPECT_EQ(Introspect(Good(R"(,"scope":"mqtt admin","aud":"plant")")), ClaimDenial("scope"));
  EXPECT_EQ(Introspect(Good(R"(,"scope":"mqtt","aud":"other")")), ClaimDenial("aud"));
  EXPECT_EQ(Introspect(Good(R"(,"scope":"mqtt")")), ClaimDenial("aud"));
}

TEST_F(IntrospectedClaimsTest, ClaimsAreAttributes) {
  settings_.attribute_claims = {{"app", "client_id"}, {"rights", "scope"}, {"line", "line"}};
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Introspect(Good(R"(,"scope":"read write","client_id":"app-1")")),
            "accepted pump-7 as \"\" pump-7 app=app-1;rights=read write; until 1700003600");
}

TEST_F(IntrospectedClaimsTest, ATokenMayBeBoundToItsClient) {
  settings_.client_id_claim = "client_id";
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Introspect(Good(R"(,"client_id":"c1")")),
            "accepted pump-7 as \"\" pump-7 c1  until 1700003600");
  EXPECT_EQ(Introspect(Good(R"(,"client_id":"c2")")), ClaimDenial("client_id"));
  EXPECT_EQ(Introspect(Good()), ClaimDenial("client_id"));
  // The verdict about one client is none about another.
  EXPECT_FALSE(method_->Evidence(Enhanced("opaque")) == method_->Evidence(Again("opaque")));
}

// As by CONNECT, so by AUTH: the identity says whether it is still the same client.
TEST_F(IntrospectedClaimsTest, AgainItIsTheSameClient) {
  settings_.client_id_claim = "client_id";
  ASSERT_EQ(Make(), "");
  const std::string members = fmt::format("{{{}}}", Good(R"(,"client_id":"c1")"));
  VerifyThese(Enhanced("first"));
  fetcher_.Answer(200, members);
  const std::string first = verdict_;
  VerifyThese(Again("second"));
  fetcher_.Answer(200, members);
  EXPECT_EQ(verdict_, first);
}

class IntrospectedIssuersTest : public IntrospectionTest {
 protected:
  IntrospectedIssuersTest() {
    settings_.issuers.push_back({.issuer = std::string(kIssuer),
                                 .audiences = {"plant"},
                                 .jwks_uri = std::string(kJwksUri)});
    settings_.issuers.push_back(
        {.issuer = "second", .audiences = {"edge"}, .jwks_uri = "https://second.example/keys"});
    EXPECT_EQ(Make(), "");
  }

  const std::string& Of(std::string_view issuer, std::string_view audience) {
    return Introspect(Good(fmt::format(R"(,"iss":"{}","aud":"{}")", issuer, audience)));
  }
};

constexpr std::string_view kOthers = "denied: the token is for another audience";

TEST_F(IntrospectedIssuersTest, AnAnswerIsOfOneOfThemAndForItsAudience) {
  EXPECT_EQ(Of(kIssuer, "plant"),
            "accepted pump-7 as https://issuer.example pump-7  until 1700003600");
  EXPECT_EQ(Of("second", "edge"), "accepted pump-7 as second pump-7  until 1700003600");
  EXPECT_EQ(Of(kIssuer, "edge"), kOthers);
  EXPECT_EQ(Introspect(Good(R"(,"iss":"second")")), kOthers);
  EXPECT_EQ(Introspect(Good(R"(,"iss":"second","aud":[])")), kOthers);
  EXPECT_EQ(Of("https://elsewhere.example", "plant"),
            "denied: the token is of no issuer that is believed");
}

TEST_F(IntrospectedIssuersTest, WithoutAnIssuerTheAudienceOfAnyIsEnough) {
  EXPECT_EQ(Introspect(Good(R"(,"aud":"edge")")), Until("1700003600"));
  EXPECT_EQ(Introspect(Good(R"(,"aud":["x","plant"])")), Until("1700003600"));
  EXPECT_EQ(Introspect(Good(R"(,"aud":"x")")), kOthers);
  EXPECT_EQ(Introspect(Good()), kOthers);
  EXPECT_EQ(Introspect(Good(R"(,"iss":"","aud":"x")")), kOthers);
  settings_.issuers[1].audiences.clear();
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Introspect(Good()), Until("1700003600"));
}

}  // namespace
}  // namespace signet::auth
