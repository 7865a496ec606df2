// TokenReview (authentication.k8s.io/v1): the question to the API server whose token this is, and
// what its answer is worth. Only an answer that says clearly "authenticated, as this service
// account, for one of our audiences" lets somebody in.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "auth/kubernetes/names.h"
#include "auth/method.h"
#include "core/base/secret_bytes.h"

namespace signet::auth {

inline constexpr std::string_view kTokenReviewPath = "/apis/authentication.k8s.io/v1/tokenreviews";
// The answer repeats the question.
inline constexpr size_t kMaxTokenReviewBytes = 256 * 1024;

// The body of the POST. `token` is UTF-8, as are the audiences.
SecretBytes TokenReviewRequest(std::string_view token, std::span<const std::string> audiences);

// Who the API server says it is.
struct ReviewedAccount {
  ServiceAccountName name;
  std::string uid;  // Of the ServiceAccount; never empty.
};

using TokenReviewOutcome = std::variant<ReviewedAccount, Denied, Unavailable>;

// Reads the body of an answer with status 200 or 201. `token` and `audiences` are those of the
// request; of the token nothing gets into a sentence, even if the server repeats it.
//   Denied: not authenticated; no service account; for none of our audiences, which is also what an
//     API server says that does not know of audiences.
//   Unavailable: no TokenReview, not the JSON that it has to be, or contradicting itself:
//     authenticated, and yet with an error.
TokenReviewOutcome ReadTokenReview(std::string_view body, std::string_view token,
                                   std::span<const std::string> audiences);

}  // namespace signet::auth
