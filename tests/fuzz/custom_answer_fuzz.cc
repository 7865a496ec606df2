// Answers of a custom authentication server. Only a 200 lets somebody in, and only 404 passes on,
// where that is allowed; what is said of the others is printable and holds no part of their
// password. Input: the status, as the number of one of those below; the body.
#include <array>
#include <string>
#include <string_view>

#include "auth/custom/custom_answer.h"
#include "core/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::custom_answer_fuzz {
namespace {

constexpr std::array<uint16_t, 8> kStatuses = {200, 403, 422, 404, 401, 400, 500, 204};
constexpr std::string_view kPassword = "a-password-that-nobody-may-see";
constexpr std::string_view kSecret = "password-that-nobody";

void CheckSentence(std::string_view sentence) {
  CHECK(!sentence.empty() && sentence.size() < 1024 && IsPrintableLine(sentence));
  CHECK(sentence.find(kSecret) == std::string_view::npos);
}

void CheckAttributes(const Attributes& attributes) {
  size_t bytes = 0;
  for (size_t i = 0; i < attributes.size(); ++i) {
    const auto& [name, value] = attributes[i];
    CHECK(!name.empty());
    CHECK(i == 0 || attributes[i - 1].first < name);
    bytes += name.size() + value.size();
  }
  CHECK(attributes.size() <= auth::kMaxCustomAttributes && bytes <= auth::kMaxCustomAttributeBytes);
}

void Check(const HttpResponse& response, bool may_pass_on) {
  Credentials asked;
  asked.password = SecretBytes(kPassword);
  config::CustomSettings settings;
  settings.not_relevant_answer = may_pass_on;
  const auth::CustomAnswer answer = auth::ReadCustomAnswer(response, asked, settings);
  const bool refuses = response.status == 401 || response.status == 403;
  CHECK(std::holds_alternative<auth::Denied>(answer) == refuses);
  if (const auto* pass = std::get_if<auth::CustomPass>(&answer)) {
    CHECK(response.status == 200);
    CheckAttributes(pass->attributes);
  } else if (const auto* denied = std::get_if<auth::Denied>(&answer)) {
    CheckSentence(denied->rule);
    CHECK(IsError(denied->reason_code) && IsValidFor(denied->reason_code, PacketType::kConnack));
  } else if (const auto* none = std::get_if<auth::Unavailable>(&answer)) {
    CheckSentence(none->why);
  } else if (std::holds_alternative<auth::NotRelevant>(answer)) {
    CHECK(response.status == 404 && may_pass_on);
  } else {
    CHECK(response.status == 422);
  }
}

}  // namespace

FUZZ_TARGET(custom_answer) {
  if (size == 0) return 0;
  HttpResponse response;
  response.status = kStatuses[data[0] % kStatuses.size()];
  response.content_type = "application/json";
  response.body = SecretBytes(AsText({data + 1, size - 1}));
  for (const bool may_pass_on : {false, true}) Check(response, may_pass_on);
  return 0;
}

}  // namespace signet::fuzz::custom_answer_fuzz
