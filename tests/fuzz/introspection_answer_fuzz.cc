// Answers of an introspection endpoint, from the response to the verdict. Only a 200 that holds a
// `true` lets somebody in, who then has a username and an end that the settings allow; what is said
// of the others is printable and holds no part of their token. Input: the status, as the number of
// one of those below; the settings, a bit each; the body.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/oauth/jwt_method.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::introspection_answer_fuzz {
namespace {

constexpr std::array<uint16_t, 8> kStatuses = {200, 401, 403, 500, 302, 204, 404, 400};
constexpr std::string_view kToken = "a-token-that-nobody-may-see";
constexpr std::string_view kSecret = "token-that-nobody";
constexpr auto kNow = WallTime::FromSeconds(1'700'000'000);
constexpr int64_t kBelievedMs = 60'000;

// A server that is asked once.
class OneQuestion : public HttpFetcher {
 public:
  void Fetch(HttpRequest /*request*/, Done done) override { done_ = std::move(done); }
  void Answer(HttpResponse response) { std::move(done_)(std::move(response)); }

 private:
  Done done_;
};

config::JwtSettings SettingsBy(uint8_t bits) {
  config::JwtSettings settings;
  settings.introspection.emplace();
  settings.introspection->endpoint = "https://login.example/";
  settings.introspection->client_id = "broker";
  settings.introspection->client_secret_text = SecretBytes("secret");
  settings.attribute_claims = {{"app", "client_id"}, {"rights", "scope"}};
  settings.require_exp = (bits & 1) == 0;
  settings.leeway_s = (bits & 2) != 0 ? 300 : 0;
  if ((bits & 4) != 0) {
    settings.issuers.push_back({.issuer = "https://login.example",
                                .audiences = {"plant"},
                                .jwks_uri = "https://login.example/keys"});
  }
  if ((bits & 8) != 0) settings.client_id_claim = "client_id";
  return settings;
}

auth::Verdict Judge(const config::JwtSettings& settings, HttpResponse response) {
  const auth::AuthClock clock;
  OneQuestion fetcher;
  auto method = auth::JwtMethod::Create(settings, {.listener = "", .clock = &clock}, &fetcher);
  CHECK(method.ok());
  Credentials credentials;
  credentials.client_id = "pump-7";
  credentials.password = SecretBytes(kToken);
  CHECK((*method)->IsRelevant(credentials));
  std::optional<auth::Verdict> verdict;
  (*method)->Verify(credentials, kNow, [&](auth::Verdict said) { verdict = std::move(said); });
  CHECK(!verdict);
  fetcher.Answer(std::move(response));
  CHECK(verdict);
  return std::move(*verdict);
}

void CheckSentence(std::string_view sentence) {
  CHECK(!sentence.empty() && sentence.size() < 1024 && IsPrintableLine(sentence));
  CHECK(sentence.find(kSecret) == std::string_view::npos);
}

void CheckAccepted(const auth::Accepted& accepted, const config::JwtSettings& settings) {
  const Principal& principal = accepted.principal;
  CHECK(!principal.username.empty() && IsMqttUtf8(principal.username));
  CHECK(!principal.identity.empty());
  CHECK(principal.deadline > kNow);
  CHECK(!settings.require_exp || !principal.deadline.is_never());
  CHECK(accepted.known_until.milliseconds() <= kNow.milliseconds() + kBelievedMs);
  CHECK(accepted.known_until <= principal.deadline);
  for (size_t i = 1; i < principal.attributes.size(); ++i) {
    CHECK(principal.attributes[i - 1].first < principal.attributes[i].first);
  }
}

void Check(const config::JwtSettings& settings, const HttpResponse& response) {
  const bool may_accept =
      response.status == 200 && response.body.text().find("true") != std::string_view::npos;
  const auth::Verdict verdict = Judge(settings, response);
  if (const auto* accepted = std::get_if<auth::Accepted>(&verdict)) {
    CHECK(may_accept);
    CheckAccepted(*accepted, settings);
  } else if (const auto* denied = std::get_if<auth::Denied>(&verdict)) {
    CHECK(response.status == 200);
    CheckSentence(denied->rule);
  } else {
    CheckSentence(std::get<auth::Unavailable>(verdict).why);
  }
}

}  // namespace

FUZZ_TARGET(introspection_answer) {
  Input input(data, size);
  HttpResponse response;
  response.status = kStatuses[input.Byte() % kStatuses.size()];
  response.content_type = "application/json";
  const config::JwtSettings settings = SettingsBy(input.Byte());
  response.body = SecretBytes(AsText(input.Rest()));
  Check(settings, response);
  return 0;
}

}  // namespace signet::fuzz::introspection_answer_fuzz
