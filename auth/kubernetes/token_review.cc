#include "auth/kubernetes/token_review.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "auth/json/json_document.h"
#include "auth/json/json_writer.h"
#include "core/base/log.h"

namespace signet::auth {
namespace {

constexpr std::string_view kApiVersion = "authentication.k8s.io/v1";
constexpr size_t kMaxUidBytes = 128;
constexpr size_t kMaxErrorBytes = 512;  // So much is looked at.

Unavailable UnreadableReview(std::string_view what) {
  return {.why = fmt::format("the API server's TokenReview {}", what)};
}

// Whether a part of the token stands in it that is long enough to matter.
bool Quotes(std::string_view text, std::string_view token) {
  constexpr size_t kTellingBytes = 16;
  for (size_t at = 0; at + kTellingBytes <= text.size(); ++at) {
    if (token.find(text.substr(at, kTellingBytes)) != token.npos) return true;
  }
  return false;
}

Denied NotAuthenticated(std::string_view error, std::string_view token) {
  constexpr std::string_view kRefused = "the API server does not know the token";
  // The text is for people, and says what is the matter: expired, its pod is gone, ...
  error = error.substr(0, kMaxErrorBytes);
  if (error.empty() || Quotes(error, token)) return {.rule = std::string(kRefused)};
  return {.rule = fmt::format("{}: {}", kRefused, EscapeForLog(error))};
}

struct ReviewStatus {
  std::optional<bool> authenticated;
  std::optional<std::string_view> error;
  std::optional<std::vector<std::string_view>> audiences;
  std::optional<std::string_view> username;
  std::optional<std::string_view> uid;

  bool Read(JsonObject status) {
    std::optional<JsonObject> user;
    if (!status.Read("authenticated", &authenticated) || !status.Read("error", &error) ||
        !status.Read("audiences", &audiences) || !status.Read("user", &user)) {
      return false;
    }
    return !user || (user->Read("username", &username) && user->Read("uid", &uid));
  }

  bool IsFor(std::span<const std::string> ours) const {
    return audiences && std::ranges::find_first_of(*audiences, ours) != audiences->end();
  }
};

TokenReviewOutcome Judge(const ReviewStatus& status, std::string_view token,
                         std::span<const std::string> audiences) {
  const std::string_view error = status.error.value_or("");
  if (!status.authenticated.value_or(false)) return NotAuthenticated(error, token);
  if (!error.empty()) return UnreadableReview("says that the token is good, and that it is not");
  if (!status.username || !status.uid) return UnreadableReview("does not say whose token it is");
  // Without audiences the token is good for the API server itself, and not for us.
  if (!status.IsFor(audiences)) {
    return Denied{.rule = "the API server does not say that the token is for our audience"};
  }
  std::optional<ServiceAccountName> name = ParseServiceAccountUsername(*status.username);
  if (!name) return Denied{.rule = "the token is of no service account"};
  if (status.uid->empty() || status.uid->size() > kMaxUidBytes) {
    return UnreadableReview("gives the service account no uid, or an endless one");
  }
  return ReviewedAccount{.name = std::move(*name), .uid = std::string(*status.uid)};
}

}  // namespace

SecretBytes TokenReviewRequest(std::string_view token, std::span<const std::string> audiences) {
  size_t size = 256 + MaxJsonTextSize(token);
  for (const std::string& audience : audiences) size += MaxJsonTextSize(audience) + 1;
  std::string body;
  body.reserve(size);  // A growing text would leave copies of the token behind.
  body += fmt::format(R"({{"apiVersion":"{}","kind":"TokenReview","spec":{{"audiences":[)",
                      kApiVersion);
  for (size_t i = 0; i < audiences.size(); ++i) {
    if (i > 0) body += ',';
    AppendJsonText(audiences[i], &body);
  }
  body += R"(],"token":)";
  AppendJsonText(token, &body);
  body += "}}";
  return SecretBytes::Take(&body);
}

TokenReviewOutcome ReadTokenReview(std::string_view body, std::string_view token,
                                   std::span<const std::string> audiences) {
  const auto document = JsonDocument::Read(body, kMaxTokenReviewBytes);
  if (!document) return UnreadableReview(document.error().what);
  const JsonObject root = document->root();
  std::optional<std::string_view> kind;
  std::optional<std::string_view> version;
  if (!root.Read("kind", &kind) || !root.Read("apiVersion", &version) || kind != "TokenReview" ||
      version != kApiVersion) {
    return UnreadableReview("is none of authentication.k8s.io/v1");
  }
  std::optional<JsonObject> object;
  if (!root.Read("status", &object) || !object) return UnreadableReview("has no status");
  ReviewStatus status;
  if (!status.Read(*object)) return UnreadableReview("has a status that is not as it should be");
  return Judge(status, token, audiences);
}

}  // namespace signet::auth
