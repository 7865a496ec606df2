#include "tests/auth/oauth/jwt_fixture.h"

#include <fmt/format.h>

#include <utility>

namespace signet::auth {
namespace {

std::string ToWords(const Verdict& verdict) {
  if (const auto* denied = std::get_if<Denied>(&verdict)) {
    EXPECT_EQ(denied->reason_code, ReasonCode::kNotAuthorized);
    return "denied: " + denied->rule;
  }
  if (const auto* none = std::get_if<Unavailable>(&verdict)) return "unavailable: " + none->why;
  const Principal& principal = std::get<Accepted>(verdict).principal;
  EXPECT_EQ(principal.method, "JWT");
  std::string attributes;
  for (const auto& [name, value] : principal.attributes) {
    attributes += fmt::format("{}={};", name, value);
  }
  return fmt::format(
      "accepted {} as {} {} until {}", principal.username, principal.identity, attributes,
      principal.deadline.is_never() ? "never" : std::to_string(principal.deadline.seconds()));
}

}  // namespace

JwtTest::JwtTest() {
  settings_.algorithms = {config::JwtAlgorithm::kEdDsa, config::JwtAlgorithm::kHs256};
  settings_.issuers.push_back({.issuer = std::string(kIssuer), .jwks_uri = std::string(kJwksUri)});
  EXPECT_EQ(Make(), "");
}

std::string JwtTest::Make() {
  auto made = JwtMethod::Create(settings_, {.listener = "test", .clock = &clock_}, &fetcher_);
  if (!made.ok()) return made.error().sentence();
  method_ = std::move(*made);
  return "";
}

std::string JwtTest::Payload(std::string_view more) {
  return fmt::format(R"({{"iss":"{}","sub":"pump-7","exp":1700003600{}}})", kIssuer, more);
}

std::string JwtTest::Changed(std::string_view from, std::string_view to) {
  std::string payload = Payload();
  const size_t at = payload.find(from);
  EXPECT_NE(at, payload.npos) << from;
  return payload.replace(at, from.size(), to);
}

Credentials JwtTest::InPassword(std::string_view token) {
  Credentials credentials{.version = ProtocolVersion::k311, .client_id = "c1"};
  credentials.username = "u1";
  credentials.password = SecretBytes(token);
  return credentials;
}

Credentials JwtTest::Enhanced(std::string_view token, std::string_view method) {
  Credentials credentials{.client_id = "c1"};
  credentials.authentication_method = std::string(method);
  credentials.authentication_data = SecretBytes(token);
  return credentials;
}

Credentials JwtTest::Again(std::string_view token) {
  Credentials credentials = Enhanced(token);
  credentials.source = Credentials::Source::kReauthenticate;
  credentials.client_id.clear();
  return credentials;
}

const std::string& JwtTest::VerifyThese(Credentials credentials) {
  credentials_ = std::move(credentials);
  EXPECT_TRUE(method_->IsRelevant(credentials_));
  verdict_.clear();
  method_->Verify(credentials_, now_, [this](Verdict verdict) {
    EXPECT_EQ(verdict_, "");  // Once.
    verdict_ = ToWords(verdict);
    if (const auto* accepted = std::get_if<Accepted>(&verdict)) {
      known_until_ = accepted->known_until;
    }
  });
  return verdict_;
}

std::string JwtTest::VerifyKnown(std::string_view payload) {
  Verify(key_.Token(payload));
  if (fetcher_.open() > 0) AnswerKeys({key_.Jwk()});
  return verdict_;
}

}  // namespace signet::auth
