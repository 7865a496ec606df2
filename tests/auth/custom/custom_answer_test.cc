// The tables of azure-iot-operations, 5.2 (statuses) and 5.3 (rules): each row, and what is close
// to it.
#include "auth/custom/custom_answer.h"

#include <fmt/format.h>

#include <utility>

#include "tests/auth/custom/custom_fixture.h"

namespace signet::auth {
namespace {

using CustomAnswerTest = CustomTest;

constexpr std::string_view kNo = "unavailable: the custom server answers with status ";

// -- 200.

TEST_F(CustomAnswerTest, Status200WithAnEmptyObjectPasses) {
  EXPECT_EQ(Answered(200, "{}"), "accepted press-04  until never");
}

TEST_F(CustomAnswerTest, Status200WithExpiryAndAttributes) {
  EXPECT_EQ(Answered(200, R"({"expiry":"2031-02-01T06:30:00Z",)"
                          R"("attributes":{"role":"operator","line":"L1"}})"),
            "accepted press-04 line=L1;role=operator; until 2031-02-01T06:30:00Z");
}

TEST_F(CustomAnswerTest, Status200WithAnOffsetAndAFraction) {
  EXPECT_EQ(Answered(200, R"({"expiry":"2031-02-01T06:30:00.25+01:00"})"),
            "accepted press-04  until 2031-02-01T05:30:00Z");
}

TEST_F(CustomAnswerTest, Status200WithWhatLaterVersionsMayAdd) {
  EXPECT_EQ(Answered(200, R"({"attributes":{},"quota":{"messages":5}})"),
            "accepted press-04  until never");
}

TEST_F(CustomAnswerTest, Status200WithAnExpiryThatIsPastRefuses) {  // Rule 5.
  for (const char* expiry : {"2030-03-17T17:46:40Z", "1970-01-01T00:00:00Z"}) {
    EXPECT_EQ(Answered(200, fmt::format(R"({{"expiry":"{}"}})", expiry)),
              "denied 87: the custom server lets it in until a moment that is past");
  }
  EXPECT_EQ(Answered(200, R"({"expiry":"2030-03-17T17:46:40.001Z"})"),
            "accepted press-04  until 2030-03-17T17:46:40Z");
}

TEST_F(CustomAnswerTest, Status200WithoutABodyIsNoVerdict) {
  EXPECT_EQ(Answered(200, ""), fmt::format("{}200, and its body is no JSON", kNo));
}

TEST_F(CustomAnswerTest, Status200WithAnotherContentTypeIsNoVerdict) {
  for (const char* type : {"", "text/html", "text/plain", "application/problem+json"}) {
    EXPECT_EQ(Answered(200, "{}", type),
              fmt::format("{}200, and its body is not application/json", kNo));
  }
}

TEST_F(CustomAnswerTest, Status200WithGarbageIsNoVerdict) {  // Rule 2.
  for (const std::string_view body :
       {"<html>", "null", "[]", "\"{}\"", "{", "{}{}", "\xFF\xFE{}",
        R"({"expiry":"a","expiry":"b"})", R"({"attributes":{"a":})"}) {
    EXPECT_TRUE(Answered(200, body).starts_with(kNo)) << body;
  }
}

TEST_F(CustomAnswerTest, Status200WithAnExpiryThatIsNoneIsNoVerdict) {
  for (const char* expiry : {"null", "1900003600", "true", "[]", "\"\"", "\"tomorrow\""}) {
    EXPECT_TRUE(Answered(200, fmt::format(R"({{"expiry":{}}})", expiry)).starts_with(kNo))
        << expiry;
  }
}

TEST_F(CustomAnswerTest, Status200WithAttributesThatAreNoTextsIsNoVerdict) {  // Rule 6.
  for (const char* attributes :
       {"null", "[]", "\"a\"", R"({"a":1})", R"({"a":null})", R"({"a":["b"]})", R"({"a":{}})",
        R"({"a":"b","c":true})", R"({"":"b"})", R"({"a":"\u0000"})", R"({"a\u0000":"b"})"}) {
    EXPECT_TRUE(Answered(200, fmt::format(R"({{"attributes":{}}})", attributes)).starts_with(kNo))
        << attributes;
  }
}

TEST_F(CustomAnswerTest, Status200WithTooManyAttributesIsNoVerdict) {
  const auto with = [](size_t count, size_t bytes) {
    std::string members;
    for (size_t i = 0; i < count; ++i) {
      members += fmt::format("{}\"{:03}\":\"{}\"", i == 0 ? "" : ",", i, std::string(bytes, 'v'));
    }
    return fmt::format(R"({{"attributes":{{{}}}}})", members);
  };
  EXPECT_TRUE(Answered(200, with(128, 125)).starts_with("accepted"));
  EXPECT_TRUE(Answered(200, with(129, 1)).starts_with(kNo));
  EXPECT_TRUE(Answered(200, with(128, 126)).starts_with(kNo));
}

TEST_F(CustomAnswerTest, Status200OfMoreThanAMebibyteIsNoVerdict) {
  std::string body = "{}" + std::string(kMaxCustomAnswerBytes - 2, ' ');
  EXPECT_EQ(Answered(200, body), "accepted press-04  until never");
  body += ' ';
  EXPECT_EQ(Answered(200, body), fmt::format("{}200, and its body is too long", kNo));
}

// -- 403, and 401.

TEST_F(CustomAnswerTest, Status403RefusesByItsReason) {
  EXPECT_EQ(Answered(403, R"({"reason":134,"message":"badge revoked"})"),
            "denied 86: the custom server refuses: badge revoked");
  EXPECT_EQ(Answered(403, R"({"reason":135})"), "denied 87: the custom server refuses");
}

TEST_F(CustomAnswerTest, Status403WithACodeOfConnackIsTold) {  // Rule 4.
  for (const int code : {0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A,
                         0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F}) {
    EXPECT_EQ(Answered(403, fmt::format(R"({{"reason":{}}})", code)),
              fmt::format("denied {:02x}: the custom server refuses", code));
  }
}

// Rule 4: what MQTT 3.1.1 has no code for is "not authorized" to its clients.
TEST_F(CustomAnswerTest, Status403ForMqtt311HasOneOfItsCodes) {
  for (int code = 0x80; code <= 0xFF; ++code) {
    Credentials credentials = Password("press-04", "s3cr3t");
    credentials.version = ProtocolVersion::k311;
    Ask(std::move(credentials));
    fetcher_.Answer(403, fmt::format(R"({{"reason":{}}})", code));
    const bool is_its = code == 0x84 || code == 0x85 || code == 0x86 || code == 0x88;
    EXPECT_EQ(last(),
              fmt::format("denied {:02x}: the custom server refuses", is_its ? code : 0x87));
  }
}

TEST_F(CustomAnswerTest, Status403WithAnyOtherReasonIsNotAuthorized) {  // Rule 4.
  for (const char* reason : {"0",       "1",    "5",    "24",    "127",
                             "139",     "141",  "142",  "143",   "145",
                             "150",     "158",  "160",  "161",   "255",
                             "256",     "391",  "-121", "134.0", "134.5",
                             "\"134\"", "null", "true", "[134]", "18446744073709551615"}) {
    EXPECT_EQ(Answered(403, fmt::format(R"({{"reason":{}}})", reason)),
              "denied 87: the custom server refuses")
        << reason;
  }
  EXPECT_EQ(Answered(403, "{}"), "denied 87: the custom server refuses");
}

// Whatever a proxy in front of the server has to say: it must not let the next method decide.
TEST_F(CustomAnswerTest, Status403RefusesWhateverItHolds) {
  EXPECT_EQ(Answered(403, "<html>", "text/html"),
            "denied 87: the custom server refuses, with status 403 and a body that is not "
            "application/json");
  EXPECT_EQ(Answered(403, "{"),
            "denied 87: the custom server refuses, with status 403 and a body that is no JSON");
  EXPECT_EQ(Answered(403, R"({"reason":134,"message":7})"), "denied 86: the custom server refuses");
}

TEST_F(CustomAnswerTest, Status401RefusesToo) {
  EXPECT_EQ(Answered(401, "", ""),
            "denied 87: the custom server refuses, with status 401 and a body that is not "
            "application/json");
  EXPECT_EQ(Answered(401, R"({"reason":138})"), "denied 8a: the custom server refuses");
}

TEST_F(CustomAnswerTest, AMessageIsPrintableAndShort) {
  EXPECT_EQ(Answered(403, R"({"reason":135,"message":"a\nb"})"),
            "denied 87: the custom server refuses: a\\nb");
  const std::string_view refusal =
      Answered(403, fmt::format(R"({{"reason":135,"message":"{}"}})", std::string(100'000, 'x')));
  EXPECT_LT(refusal.size(), 400U);
}

// -- 422.

TEST_F(CustomAnswerTest, Status422WithOurVersionIsAskedOnceMore) {
  Ask();
  fetcher_.Answer(422, R"({"supportedVersions":["0.6.0","0.5.0"]})");
  EXPECT_TRUE(verdicts_.empty());
  ASSERT_EQ(fetcher_.requests().size(), 2U);
  EXPECT_EQ(fetcher_.requests()[0].url, fetcher_.requests()[1].url);
  EXPECT_EQ(fetcher_.requests()[0].body, fetcher_.requests()[1].body);
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(last(), "accepted press-04  until never");
}

TEST_F(CustomAnswerTest, Status422AgainIsNoVerdict) {
  Ask();
  fetcher_.Answer(422, R"({"supportedVersions":["0.5.0"]})");
  fetcher_.Answer(422, R"({"supportedVersions":["0.5.0"]})");
  EXPECT_EQ(last(),
            "unavailable: the custom server: it answers with status 422, and says that it speaks "
            "version 0.5.0 of the API, in which it was asked (asked 2 times)");
  EXPECT_EQ(fetcher_.open(), 0U);
}

TEST_F(CustomAnswerTest, Status422WithoutACommonVersionIsNoVerdict) {
  EXPECT_EQ(
      Answered(422, R"({"supportedVersions":["0.6.0","1.0.0"]})"),
      fmt::format("{}422: it speaks other versions of the API than 0.5.0: 0.6.0, 1.0.0", kNo));
  EXPECT_TRUE(Answered(422, R"({"supportedVersions":[]})").starts_with(kNo));
}

TEST_F(CustomAnswerTest, Status422WithoutVersionsIsNoVerdict) {
  const std::string said =
      fmt::format("{}422, and does not say which versions of the API it speaks", kNo);
  EXPECT_EQ(Answered(422, "{}"), said);
  EXPECT_EQ(Answered(422, R"({"supportedVersions":"0.5.0"})"), said);
  EXPECT_EQ(Answered(422, R"({"supportedVersions":[0.5]})"), said);
  EXPECT_EQ(Answered(422, R"({"supportedVersions":["0.5.0"]})", "text/plain"), said);
  EXPECT_EQ(Answered(422, ""), said);
}

// -- All the rest: rule 2.

TEST_F(CustomAnswerTest, Status400IsNoVerdict) {
  EXPECT_EQ(Answered(400, "no type", "text/plain"), fmt::format("{}400: no type", kNo));
}

TEST_F(CustomAnswerTest, Status404IsNoVerdict) {
  EXPECT_EQ(Answered(404, "", "text/plain"), fmt::format("{}404", kNo));
}

TEST_F(CustomAnswerTest, Status405IsNoVerdict) {
  EXPECT_EQ(Answered(405, "POST alone\n", "text/plain"), fmt::format("{}405: POST alone\\n", kNo));
}

TEST_F(CustomAnswerTest, Statuses5xxAreNoVerdict) {
  for (const uint16_t status : std::initializer_list<uint16_t>{500, 501, 502, 503, 504, 599}) {
    EXPECT_EQ(Answered(status, "{}"), fmt::format("{}{}: {{}}", kNo, status));
    Make();  // Its circuit is closed again.
  }
}

TEST_F(CustomAnswerTest, AnyOtherStatusIsNoVerdict) {
  for (const uint16_t status : std::initializer_list<uint16_t>{
           0,   100, 101, 199, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308,
           402, 406, 407, 408, 409, 410, 418, 421, 423, 426, 429, 431, 451, 600, 999}) {
    EXPECT_TRUE(Answered(status, R"({"attributes":{"role":"operator"}})").starts_with(kNo))
        << status;
  }
}

// -- "Not mine", which the API does not have.

TEST_F(CustomAnswerTest, NotRelevantIsNoVerdictByDefault) {
  EXPECT_EQ(Answered(404, R"({"relevant":false})"),
            fmt::format("{}404: {{\\\"relevant\\\":false}}", kNo));
}

TEST_F(CustomAnswerTest, NotRelevantPassesOnWhereItIsAllowed) {
  settings_.not_relevant_answer = true;
  Make();
  EXPECT_EQ(Answered(404, R"({"relevant":false})"), "not relevant");
  for (const char* body : {"{}", R"({"relevant":true})", R"({"relevant":null})",
                           R"({"relevant":"false"})", "[false]", ""}) {
    EXPECT_TRUE(Answered(404, body).starts_with(kNo)) << body;
  }
  EXPECT_TRUE(Answered(404, R"({"relevant":false})", "text/plain").starts_with(kNo));
  EXPECT_TRUE(Answered(200, R"({"relevant":false})").starts_with("accepted"));
  EXPECT_TRUE(Answered(403, R"({"relevant":false})").starts_with("denied"));
}

// -- Rule 9.

TEST_F(CustomAnswerTest, NoSecretIsRepeated) {
  const auto words = [this](Credentials credentials, std::string_view text) {
    Make();
    Ask(std::move(credentials));
    fetcher_.Answer(400, text, "text/plain");
    return last();
  };
  const std::string silent = fmt::format("{}400", kNo);
  EXPECT_EQ(words(Password("u", "correct horse"), "what is 'correct horse'?"), silent);
  EXPECT_EQ(words(Password("u", "correct horse"), "what is 'rect hors'?"), silent);
  EXPECT_EQ(words(Password("u", "correct horse"), R"({"password":"Y29ycmVjdCBob3JzZQ=="})"),
            silent);
  EXPECT_EQ(words(Password("u", "pw"), "wrong: pw"), silent);
  EXPECT_EQ(words(Enhanced("M", "912837"), "912837 was used before"), silent);
  EXPECT_EQ(words(Enhanced("M", "912837"), "OTEyODM3 was used before"), silent);
  EXPECT_EQ(words(Password("u", ""), "no password"), silent + ": no password");
  EXPECT_EQ(words(Password("u", "correct horse"), "horse"), silent + ": horse");
  settings_.headers = {{"Authorization", SecretBytes("Key 7Q2XW0")}};
  EXPECT_EQ(words(Password("u", "p-w"), "who is 'Key 7Q2XW0'?"), silent);
  EXPECT_EQ(words(Password("u", "p-w"), "who are you?"), silent + ": who are you?");
}

TEST_F(CustomAnswerTest, NoSecretIsCutInTwo) {
  Ask(Password("u", "correct horse"));
  fetcher_.Answer(400, std::string(250, 'x') + "correct horse", "text/plain");
  EXPECT_EQ(last(), fmt::format("{}400", kNo));
}

}  // namespace
}  // namespace signet::auth
