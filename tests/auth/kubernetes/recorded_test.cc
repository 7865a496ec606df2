// Answers of a real API server (1.20), which record.py has written down in recorded/NAME.json.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <set>

#include "auth/json/json_document.h"
#include "simdjson.h"
#include "tests/auth/kubernetes/method_fixture.h"
#include "tests/auth/support/text_file.h"

namespace signet::auth {
namespace {

const std::string kFolder = SIGNET_RECORDED;

std::string TextOf(JsonObject object, std::string_view name) {
  std::optional<std::string_view> text;
  EXPECT_TRUE(object.Read(name, &text) && text) << name;
  return std::string(text.value_or(""));
}

int64_t NumberOf(JsonObject object, std::string_view name) {
  const std::string text = TextOf(object, name);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class RecordedTest : public MethodTest {
 protected:
  RecordedTest() {
    settings_.audiences = {"plant"};
    Make();
  }

  // The verdict when the API server answers as it did. Every question is the one that was recorded.
  std::string Replay(std::string_view name) {
    const auto document =
        JsonDocument::Read(ReadTextFile(fmt::format("{}/{}.json", kFolder, name)), 1 << 20);
    EXPECT_TRUE(document.ok()) << name;
    const JsonObject recorded = document->root();
    now_ = WallTime::FromSeconds(NumberOf(recorded, "now"));
    Verify(TextOf(recorded, "token"));
    simdjson::dom::array exchanges;
    EXPECT_EQ(recorded.members().at_key("exchanges").get(exchanges), simdjson::SUCCESS);
    for (const simdjson::dom::element exchange : exchanges) {
      if (fetcher_.open() == 0) break;
      simdjson::dom::object members;
      EXPECT_EQ(exchange.get(members), simdjson::SUCCESS);
      const JsonObject answer(members);
      EXPECT_EQ(fetcher_.last().url, "https://10.0.0.1:443" + TextOf(answer, "path"));
      fetcher_.Answer(static_cast<uint16_t>(NumberOf(answer, "status")), TextOf(answer, "body"),
                      TextOf(answer, "type"));
    }
    return verdict_;
  }

  // Likewise; of a token that ends so many seconds later.
  void ExpectAccepted(std::string_view name, std::string_view as, int64_t lifetime_s) {
    const std::string verdict = Replay(name);
    const size_t until = verdict.rfind(" until ");
    ASSERT_NE(until, verdict.npos) << verdict;
    EXPECT_EQ(verdict.substr(0, until), fmt::format("accepted {}", as));
    int64_t deadline_ms = 0;
    std::from_chars(verdict.data() + until + 7, verdict.data() + verdict.size(), deadline_ms);
    const int64_t left_s = deadline_ms / 1000 - now_.seconds();
    EXPECT_LE(left_s, lifetime_s);
    EXPECT_GE(left_s, lifetime_s - 60);  // It was made a little before.
  }
};

constexpr std::string_view kUnknown = "denied: the API server does not know the token";

TEST_F(RecordedTest, AGoodTokenIsAccepted) {
  ExpectAccepted("accepted", "system:serviceaccount:line1:press line=L1;role=sensor;", 3600);
}

TEST_F(RecordedTest, AnAccountMayHaveNoAnnotations) {
  ExpectAccepted("without_attributes", "system:serviceaccount:line1:bare.account ", 3600);
}

TEST_F(RecordedTest, ATokenMayBeBoundToAPod) {
  ExpectAccepted("bound_to_a_pod", "system:serviceaccount:line1:press line=L1;role=sensor;", 3600);
}

TEST_F(RecordedTest, ATokenEndsWithItsPod) {
  EXPECT_EQ(Replay("pod_is_gone"),
            std::string(kUnknown) + ": [invalid bearer token, Token has been invalidated]");
}

TEST_F(RecordedTest, ATokenEndsWithItsAccount) {
  EXPECT_EQ(
      Replay("account_is_gone"),
      std::string(kUnknown) + R"(: [invalid bearer token, serviceaccounts \"gone\" not found])");
  EXPECT_EQ(Replay("account_goes_between"), "denied: the token's service account is gone");
}

TEST_F(RecordedTest, AForgedTokenIsDenied) {
  EXPECT_EQ(Replay("forged"),
            std::string(kUnknown) +
                ": [invalid bearer token, square/go-jose: error in cryptographic primitive]");
}

TEST_F(RecordedTest, OtherAudiencesAndExpiryAreSeenBeforeAnybodyIsAsked) {
  for (const char* name : {"other_audience", "of_the_api_server"}) {
    EXPECT_EQ(Replay(name), "denied: the token is for another audience");
  }
  EXPECT_EQ(Replay("expired"), "denied: the token has expired");
  EXPECT_TRUE(fetcher_.requests().empty());
}

// And what the API server says of them, to a broker whose clock or settings are wrong.
TEST_F(RecordedTest, TheyAreRefusedByTheApiServerToo) {
  settings_.audiences = {"plant", "x", "https://kubernetes.default.svc"};
  Make();
  for (const char* name : {"other_audience", "of_the_api_server"}) {
    EXPECT_TRUE(Replay(name).starts_with(kUnknown)) << verdict_;
  }
  EXPECT_EQ(fetcher_.requests().size(), 2U);
}

TEST_F(RecordedTest, OlderTokensAreForWhomTheApiServerIsFor) {
  EXPECT_TRUE(Replay("older_token_for_us").starts_with(kUnknown)) << verdict_;
  EXPECT_EQ(Replay("older_token"),
            "denied: the API server does not say that the token is for our audience");
  settings_.audiences = {"https://kubernetes.default.svc"};
  Make();
  EXPECT_EQ(Replay("older_token"), "accepted system:serviceaccount:line1:older  until never");
}

TEST_F(RecordedTest, WithoutRightsOfOurOwnThereIsNoVerdict) {
  for (const auto& [name, status] :
       {std::pair("we_are_unknown", 401), {"we_have_no_rights", 403}}) {
    EXPECT_EQ(Replay(name), "");  // It asks once more.
    fetcher_.Answer(static_cast<uint16_t>(status), "");
    EXPECT_EQ(verdict_,
              fmt::format("unavailable: the API server answers to the broker itself with status {}",
                          status));
  }
}

TEST_F(RecordedTest, ItsKeysProveItsTokens) {
  settings_.validation = config::TokenValidation::kOffline;
  Make();
  ExpectAccepted("keys", "system:serviceaccount:line1:press ", 3600);
}

TEST_F(RecordedTest, EveryRecordIsReplayed) {
  const std::set<std::string> expected = {"accepted",
                                          "account_goes_between",
                                          "account_is_gone",
                                          "bound_to_a_pod",
                                          "expired",
                                          "forged",
                                          "keys",
                                          "of_the_api_server",
                                          "older_token",
                                          "older_token_for_us",
                                          "other_audience",
                                          "pod_is_gone",
                                          "we_are_unknown",
                                          "we_have_no_rights",
                                          "without_attributes"};
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    found.insert(file.path().stem());
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace signet::auth
