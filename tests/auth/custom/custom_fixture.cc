#include "tests/auth/custom/custom_fixture.h"

#include <fmt/format.h>

#include <utility>

namespace signet::auth {
namespace {

std::string ToWords(const Verdict& verdict) {
  if (const auto* denied = std::get_if<Denied>(&verdict)) {
    return fmt::format("denied {:02x}: {}", static_cast<uint8_t>(denied->reason_code),
                       denied->rule);
  }
  if (const auto* none = std::get_if<Unavailable>(&verdict)) return "unavailable: " + none->why;
  if (std::holds_alternative<NotRelevant>(verdict)) return "not relevant";
  const Principal& principal = std::get<Accepted>(verdict).principal;
  EXPECT_EQ(principal.method, "Custom");
  EXPECT_EQ(principal.identity, "");
  std::string attributes;
  for (const auto& [name, value] : principal.attributes) {
    attributes += fmt::format("{}={};", name, value);
  }
  return fmt::format("accepted {} {} until {}", principal.username, attributes,
                     ToText(principal.deadline));
}

}  // namespace

CustomTest::CustomTest() {
  settings_.endpoint = "https://auth.plant.example";
  settings_.ca_pem = "the server's CA";
  Make();
}

void CustomTest::Make() {
  method_ = std::make_unique<CustomMethod>(
      settings_, MethodContext{.listener = "front", .clock = &clock_, .pauses = &pauses_},
      &fetcher_, 7);
}

Credentials CustomTest::Password(std::string_view username, std::string_view password) {
  Credentials credentials{.client_id = "c", .peer = "192.0.2.1:40000"};
  credentials.username = username;
  credentials.password = SecretBytes(password);
  return credentials;
}

Credentials CustomTest::Enhanced(std::string_view method, std::string_view data) {
  Credentials credentials{.client_id = "c", .peer = "192.0.2.1:40000"};
  credentials.authentication_method = method;
  credentials.authentication_data = SecretBytes(data);
  return credentials;
}

void CustomTest::Ask(Credentials credentials) {
  asked_.push_back(std::make_unique<Credentials>(std::move(credentials)));
  EXPECT_TRUE(method_->IsRelevant(*asked_.back()));
  method_->Verify(*asked_.back(), clock_.wall,
                  [this](Verdict verdict) { verdicts_.push_back(ToWords(verdict)); });
}

const std::string& CustomTest::Answered(uint16_t status, std::string_view body,
                                        std::string_view content_type) {
  const size_t before = verdicts_.size();
  Ask();
  fetcher_.Answer(status, body, content_type);
  EXPECT_EQ(verdicts_.size(), before + 1);
  EXPECT_EQ(fetcher_.open(), 0U);
  return verdicts_.back();
}

void CustomTest::Pass(Duration time) {
  clock_.now += time;
  clock_.wall = WallTime::FromMilliseconds(clock_.wall.milliseconds() + time / milliseconds(1));
  pauses_.RunDue();
}

}  // namespace signet::auth
