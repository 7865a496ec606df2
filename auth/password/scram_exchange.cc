#include "auth/password/scram_exchange.h"

#include <array>
#include <utility>
#include <vector>

#include "core/base/base64.h"

namespace signet::auth {
namespace {

std::vector<uint8_t> AsData(std::string_view text) { return {text.begin(), text.end()}; }

Exchange::Finished Refusal(std::string_view rule, ReasonCode code = ReasonCode::kNotAuthorized) {
  return {.verdict = Denied{.rule = std::string(rule), .reason_code = code}};
}

}  // namespace

void ScramExchange::Take(const Credentials& step, WallTime, Done done) {
  std::move(done)(name_.empty() ? TakeFirst(step) : TakeFinal(step));
}

Exchange::Step ScramExchange::TakeFirst(const Credentials& step) {
  auto name = server_.Begin(step.authentication_data.text());
  if (!name) return Refusal(name.error().rule);
  if (auto verdict = users_.Throttle(*name, step)) return Finished{.verdict = std::move(*verdict)};
  name_ = std::move(*name);
  // Made in any case, so that it takes the same time.
  const ScramCredential decoy = users_.decoys().Of(name_);
  const ScramCredential* user = users_.FindScram(name_);
  return Continue{.data = AsData(server_.Challenge(user != nullptr ? *user : decoy, MakeNonce()))};
}

Exchange::Step ScramExchange::TakeFinal(const Credentials& step) {
  if (auto verdict = users_.Throttle(name_, step)) return Finished{.verdict = std::move(*verdict)};
  const auto end = server_.Finish(step.authentication_data.text());
  if (!end && end.error().rule != ScramServer::kWrongProof) return Refusal(end.error().rule);
  const ScramCredential* user = users_.FindScram(name_);
  const bool is_proven = end.ok() && user != nullptr;
  users_.NoteOutcome(name_, step, is_proven);
  if (!is_proven) return Refusal(ScramServer::kWrongProof, ReasonCode::kBadUserNameOrPassword);
  return Finished{.verdict = Accepted{.principal = users_.PrincipalOf(name_)},
                  .data = AsData(*end)};
}

std::string ScramExchange::MakeNonce() {
  std::array<uint8_t, kNonceBytes> random;
  users_.FillRandom(random);
  std::string nonce;
  AppendBase64(random, &nonce);
  return nonce;
}

}  // namespace signet::auth
