// What becomes of tokens that are a little wrong, one after the other: those that have let somebody
// in, or locked somebody out, elsewhere. The issuer publishes key_; its tokens must be for `plant`.
#include <fmt/format.h>

#include <ostream>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {
namespace {

struct Vector {
  std::string name;
  // Of the token, signed by the key that is published.
  std::string header = R"({"alg":"EdDSA","kid":"k1"})";
  std::string payload;
  std::string verdict;
  uint64_t leeway_s = 0;
  bool require_exp = true;
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

constexpr std::string_view kVectorUntil =
    "accepted pump-7 as https://issuer.example pump-7  until ";
const std::string kAcceptedVector = std::string(kVectorUntil) + "1700003600";
const std::string kHasExpired = "denied: the token has expired";
const std::string kNotValidYet = "denied: the token is not valid yet";
const std::string kForOthers = "denied: the token is for another audience";
const std::string kForged = "denied: the token's signature is wrong";

std::string Claims(std::string_view times, std::string_view audience = R"("plant")") {
  return fmt::format(R"({{"iss":"https://issuer.example","sub":"pump-7","aud":{}{}{}}})", audience,
                     times.empty() ? "" : ",", times);
}
std::string AcceptedUntil(std::string_view end) {
  return std::string(kVectorUntil) + std::string(end);
}

class JwtVectorTest : public JwtTest, public testing::WithParamInterface<Vector> {};

TEST_P(JwtVectorTest, IsJudgedSo) {
  const Vector& vector = GetParam();
  settings_.issuers[0].audiences = {"plant", "plant-2"};
  settings_.leeway_s = vector.leeway_s;
  settings_.require_exp = vector.require_exp;
  ASSERT_EQ(Make(), "");
  Verify(key_.TokenWithHeader(vector.header, vector.payload));
  if (fetcher_.open() > 0) AnswerKeys({key_.Jwk()});
  EXPECT_EQ(verdict_, vector.verdict);
  EXPECT_EQ(fetcher_.open(), 0U);
}

std::string NameOf(const testing::TestParamInfo<Vector>& info) { return info.param.name; }

Vector OfTimes(std::string name, std::string times, std::string verdict, uint64_t leeway_s = 0) {
  return {.name = std::move(name),
          .payload = Claims(times),
          .verdict = std::move(verdict),
          .leeway_s = leeway_s};
}

const std::string kNoTime = "denied: the claim exp is no time";

INSTANTIATE_TEST_SUITE_P(
    End, JwtVectorTest,
    testing::Values(
        OfTimes("InAnHour", R"("exp":1700003600)", kAcceptedVector),
        OfTimes("InASecond", R"("exp":1700000001)", AcceptedUntil("1700000001")),
        OfTimes("Now", R"("exp":1700000000)", kHasExpired),
        OfTimes("ASecondAgo", R"("exp":1699999999)", kHasExpired),
        OfTimes("WithinTheLeeway", R"("exp":1699999981)", AcceptedUntil("1700000001"), 20),
        OfTimes("AtTheEndOfTheLeeway", R"("exp":1699999980)", kHasExpired, 20),
        OfTimes("ASecondBeyondTheLeeway", R"("exp":1699999979)", kHasExpired, 20),
        OfTimes("AFraction", R"("exp":1700003600.75)", kAcceptedVector),
        OfTimes("AFractionThatIsOver", R"("exp":1699999999.999)", kHasExpired),
        OfTimes("AnExponent", R"("exp":1.7000036e9)", kAcceptedVector),
        OfTimes("AText", R"("exp":"1700003600")", kNoTime),
        OfTimes("Null", R"("exp":null)", kNoTime),
        OfTimes("AList", R"("exp":[1700003600])", kNoTime),
        OfTimes("Negative", R"("exp":-1)", kNoTime), OfTimes("Zero", R"("exp":0)", kHasExpired),
        OfTimes("TwoToThe53", R"("exp":9007199254740992)", AcceptedUntil("9007199254740992")),
        OfTimes("TwoToThe63", R"("exp":9223372036854775808)", kNoTime),
        OfTimes("OneToThe300", R"("exp":1e300)", kNoTime),
        OfTimes("Absent", "", "denied: the token has no end"),
        Vector{.name = "AbsentWhereItMayBe",
               .payload = Claims(""),
               .verdict = AcceptedUntil("never"),
               .require_exp = false}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Beginning, JwtVectorTest,
    testing::Values(
        OfTimes("NotBeforeNow", R"("exp":1700003600,"nbf":1700000000)", kAcceptedVector),
        OfTimes("NotBeforeASecondFromNow", R"("exp":1700003600,"nbf":1700000001)", kNotValidYet),
        OfTimes("NotBeforeASecondWithinTheLeeway", R"("exp":1700003600,"nbf":1700000019)",
                AcceptedUntil("1700003620"), 20),
        OfTimes("NotBeforeTheEndOfTheLeeway", R"("exp":1700003600,"nbf":1700000020)",
                AcceptedUntil("1700003620"), 20),
        OfTimes("NotBeforeASecondBeyondTheLeeway", R"("exp":1700003600,"nbf":1700000021)",
                kNotValidYet, 20),
        OfTimes("NotBeforeAText", R"("exp":1700003600,"nbf":"1")",
                "denied: the claim nbf is no time"),
        OfTimes("NotBeforeNegative", R"("exp":1700003600,"nbf":-1)",
                "denied: the claim nbf is no time"),
        OfTimes("NotBeforeAFraction", R"("exp":1700003600,"nbf":1699999999.5)", kAcceptedVector),
        OfTimes("NotBeforeAFractionFromNow", R"("exp":1700003600,"nbf":1700000000.5)",
                kNotValidYet),
        OfTimes("NotBeforeTwoToThe63", R"("exp":1700003600,"nbf":9223372036854775808)",
                "denied: the claim nbf is no time"),
        OfTimes("IssuedNow", R"("exp":1700003600,"iat":1700000000)", kAcceptedVector),
        OfTimes("IssuedInTheFuture", R"("exp":1700003600,"iat":1700003000)", kAcceptedVector),
        OfTimes("IssuedASecondBeyondTheLeeway", R"("exp":1700003600,"iat":1700000021)",
                AcceptedUntil("1700003620"), 20),
        OfTimes("IssuedAtAFraction", R"("exp":1700003600,"iat":1699999999.5)", kAcceptedVector),
        OfTimes("IssuedAtANegative", R"("exp":1700003600,"iat":-1)",
                "denied: the claim iat is no time"),
        OfTimes("IssuedAtTwoToThe63", R"("exp":1700003600,"iat":9223372036854775808)",
                "denied: the claim iat is no time"),
        OfTimes("IssuedAtAText", R"("exp":1700003600,"iat":"now")",
                "denied: the claim iat is no time")),
    NameOf);

Vector OfAudience(std::string name, std::string audience, std::string verdict) {
  return {.name = std::move(name),
          .payload = Claims(R"("exp":1700003600)", audience),
          .verdict = std::move(verdict)};
}

INSTANTIATE_TEST_SUITE_P(Bond, JwtVectorTest,
                         testing::Values(OfTimes("ToAKey", R"("exp":1700003600,"cnf":{"jkt":"x"})",
                                                 "denied: the token is bound to a key"),
                                         OfTimes("OfNoForm", R"("exp":1700003600,"cnf":null)",
                                                 "denied: the token is bound to a key")),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(
    Audience, JwtVectorTest,
    testing::Values(
        OfAudience("AText", R"("plant")", kAcceptedVector),
        OfAudience("AnotherOfOurs", R"("plant-2")", kAcceptedVector),
        OfAudience("AList", R"(["x","plant"])", kAcceptedVector),
        OfAudience("AnotherText", R"("x")", kForOthers),
        OfAudience("AnotherList", R"(["x","y"])", kForOthers),
        OfAudience("AnEmptyText", R"("")", kForOthers), OfAudience("AnEmptyList", "[]", kForOthers),
        OfAudience("InUpperCase", R"("PLANT")", kForOthers),
        OfAudience("ANumber", "7", "denied: the claim aud is neither a text nor a list of texts"),
        Vector{.name = "Absent",
               .payload = R"({"iss":"https://issuer.example","sub":"pump-7","exp":1700003600})",
               .verdict = kForOthers}),
    NameOf);

Vector OfHeader(std::string name, std::string header, std::string verdict) {
  return {.name = std::move(name),
          .header = std::move(header),
          .payload = Claims(R"("exp":1700003600)"),
          .verdict = std::move(verdict)};
}

const std::string kUnknown = "denied: the token is signed by no key of its issuer";
const std::string kNoAlgorithm = "denied: the token names no algorithm";
const std::string kOfAnotherType = "denied: the token is of another type than JWT";

INSTANTIATE_TEST_SUITE_P(
    Header, JwtVectorTest,
    testing::Values(
        OfHeader("AlgNone", R"({"alg":"none","kid":"k1"})", kForged),
        OfHeader("AlgNoneInCapitals", R"({"alg":"None","kid":"k1"})", kForged),
        OfHeader("AlgNoneInEither", R"({"alg":"nOnE","kid":"k1"})", kForged),
        OfHeader("AlgAbsent", R"({"kid":"k1"})", kNoAlgorithm),
        OfHeader("AlgEmpty", R"({"alg":"","kid":"k1"})", kNoAlgorithm),
        OfHeader("AlgAList", R"({"alg":["EdDSA"],"kid":"k1"})", kNoAlgorithm),
        OfHeader("AlgTwice", R"({"alg":"none","alg":"EdDSA","kid":"k1"})",
                 "denied: the token's header is no clear JSON object"),
        OfHeader("AlgOfAnotherKey", R"({"alg":"HS256","kid":"k1"})", kUnknown),
        OfHeader("AlgThatIsNotAllowed", R"({"alg":"ES256","kid":"k1"})", kForged),
        OfHeader("Crit", R"({"alg":"EdDSA","kid":"k1","crit":["x"],"x":1})",
                 "denied: the token has critical extensions"),
        OfHeader("CritEmpty", R"({"alg":"EdDSA","kid":"k1","crit":[]})",
                 "denied: the token has critical extensions"),
        OfHeader("KidAbsent", R"({"alg":"EdDSA"})", kAcceptedVector),
        OfHeader("KidOfAPath", R"({"alg":"EdDSA","kid":"../../dev/null"})", kUnknown),
        OfHeader("KidOfSql", R"({"alg":"EdDSA","kid":"' OR 1=1 --"})", kUnknown),
        OfHeader("KidEmpty", R"({"alg":"EdDSA","kid":""})", kUnknown),
        OfHeader("KidANumber", R"({"alg":"EdDSA","kid":1})",
                 "denied: the token's kid is no text, or too long"),
        OfHeader("KidLong", R"({"alg":"EdDSA","kid":")" + std::string(40'000, 'k') + "\"}",
                 "denied: the token's kid is no text, or too long"),
        OfHeader("EmbeddedKeysDoNotCount",
                 R"({"alg":"EdDSA","kid":"k1","jwk":{},"jku":"https://evil.example",)"
                 R"("x5u":"https://evil.example","x5c":["AA"]})",
                 kAcceptedVector),
        OfHeader("TypJwt", R"({"alg":"EdDSA","kid":"k1","typ":"jwt"})", kAcceptedVector),
        OfHeader("TypAccessToken", R"({"alg":"EdDSA","kid":"k1","typ":"application/at+JWT"})",
                 kAcceptedVector),
        OfHeader("TypLogout", R"({"alg":"EdDSA","kid":"k1","typ":"logout+jwt"})", kOfAnotherType),
        OfHeader("TypNested", R"({"alg":"EdDSA","kid":"k1","typ":"application/"})",
                 kOfAnotherType)),
    NameOf);

// As many as an issuer of thousands of rights puts into one token.
std::string Scopes(std::string_view before, std::string_view between, std::string_view after) {
  std::string scopes(before);
  for (int i = 0; i < 3000; ++i) scopes += fmt::format("{}r:{}", i == 0 ? "" : between, i);
  return scopes.append(after);
}

INSTANTIATE_TEST_SUITE_P(
    Scopes, JwtVectorTest,
    testing::Values(OfTimes("ThousandsInAText", Scopes(R"("exp":1700003600,"scope":")", " ", "\""),
                            kAcceptedVector),
                    OfTimes("ThousandsInAList",
                            Scopes(R"("exp":1700003600,"scope":[")", R"(",")", "\"]"),
                            kAcceptedVector)),
    NameOf);

}  // namespace
}  // namespace signet::auth
