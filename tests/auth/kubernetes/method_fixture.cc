#include "tests/auth/kubernetes/method_fixture.h"

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
  EXPECT_EQ(principal.username, "");
  EXPECT_EQ(principal.method, "ServiceAccountToken");
  std::string attributes;
  for (const auto& [name, value] : principal.attributes) {
    attributes += fmt::format("{}={};", name, value);
  }
  return fmt::format(
      "accepted {} {} until {}", principal.identity, attributes,
      principal.deadline.is_never() ? "never" : std::to_string(principal.deadline.milliseconds()));
}

}  // namespace

MethodTest::MethodTest() {
  settings_.audiences = {"aio-internal", "plant"};
  cluster_ = {.host = "10.0.0.1", .port = "443"};
  files_.texts = {{"/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", "the cluster's CA"},
                  {"/var/run/secrets/kubernetes.io/serviceaccount/token", "our.own.token"}};
  Make();
}

void MethodTest::Make() {
  method_ =
      std::make_unique<ServiceAccountTokenMethod>(settings_, cluster_, files_.Reader(), &fetcher_);
}

Credentials MethodTest::Enhanced(std::string_view token) {
  Credentials credentials;
  credentials.authentication_method = "K8S-SAT";
  credentials.authentication_data = SecretBytes(token);
  return credentials;
}

Credentials MethodTest::UsernameForm(ProtocolVersion version, std::string_view username,
                                     std::string_view token) {
  Credentials credentials;
  credentials.version = version;
  credentials.username = username;
  credentials.password = SecretBytes(token);
  return credentials;
}

const std::string& MethodTest::VerifyThese(Credentials credentials) {
  credentials_ = std::move(credentials);
  EXPECT_TRUE(method_->IsRelevant(credentials_));
  verdict_.clear();
  method_->Verify(credentials_, now_, [this](Verdict verdict) {
    EXPECT_EQ(verdict_, "");  // Once.
    verdict_ = ToWords(verdict);
  });
  return verdict_;
}

std::string MethodTest::VerifyLocally(std::string_view token) {
  const size_t asked = fetcher_.requests().size();
  Verify(token);
  EXPECT_EQ(fetcher_.requests().size(), asked) << "somebody was asked";
  EXPECT_NE(verdict_, "");
  return verdict_;
}

}  // namespace signet::auth
