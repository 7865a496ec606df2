// Answers of an API server. Who is let in has a name that a service account can have; what is said
// of the others is printable and holds no part of their token; and no answer is taken for another.
// Input: the body.
#include <string>
#include <vector>

#include "auth/kubernetes/service_account.h"
#include "auth/kubernetes/token_review.h"
#include "core/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::token_review_fuzz {
namespace {

constexpr std::string_view kToken = "a-token-that-nobody-may-see.a-token-that-nobody-may-see.x";
constexpr std::string_view kSecret = "token-that-nobody-may";

void CheckSentence(std::string_view sentence) {
  CHECK(!sentence.empty() && sentence.size() < 1024 && IsPrintableLine(sentence));
  CHECK(sentence.find(kSecret) == std::string_view::npos);
}

template <typename Outcome>
void CheckRefusal(const Outcome& outcome) {
  if (const auto* denied = std::get_if<auth::Denied>(&outcome)) CheckSentence(denied->rule);
  if (const auto* none = std::get_if<auth::Unavailable>(&outcome)) CheckSentence(none->why);
}

void CheckReview(std::string_view body) {
  const std::vector<std::string> audiences = {"aio-internal", "plant"};
  const auto outcome = auth::ReadTokenReview(body, kToken, audiences);
  CheckRefusal(outcome);
  const auto* account = std::get_if<auth::ReviewedAccount>(&outcome);
  if (account == nullptr) return;
  CHECK(!account->uid.empty());
  CHECK(auth::ParseServiceAccountUsername(account->name.ToUsername()) == account->name);
  // For other audiences the same answer is none.
  const std::vector<std::string> others = {"\x01 never said"};
  CHECK(
      !std::holds_alternative<auth::ReviewedAccount>(auth::ReadTokenReview(body, kToken, others)));
}

void CheckAccount(std::string_view body) {
  const auto outcome =
      auth::ReadServiceAccount(body, {.namespace_name = "line1", .name = "press"}, "uid-1");
  CheckRefusal(outcome);
  const auto* attributes = std::get_if<Attributes>(&outcome);
  if (attributes == nullptr) return;
  CHECK(attributes->size() <= auth::kMaxAttributes && !auth::IsNotFound(body));
  for (size_t i = 0; i < attributes->size(); ++i) {
    CHECK(!(*attributes)[i].first.empty());
    CHECK(i == 0 || (*attributes)[i - 1].first < (*attributes)[i].first);
  }
}

}  // namespace

FUZZ_TARGET(token_review) {
  const std::string_view body = AsText({data, size});
  CheckReview(body);
  CheckAccount(body);
  return 0;
}

}  // namespace signet::fuzz::token_review_fuzz
