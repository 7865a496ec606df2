#include "auth/kubernetes/api_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"

namespace signet::auth {
namespace {

constexpr size_t kMaxTokenBytes = 64 * 1024;
constexpr std::string_view kBearer = "Bearer ";

std::string_view WithoutEndOfLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return text;
}

// Whatever else might end the header early, or begin another one.
bool IsToken(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

Status Unusable(std::string_view path, std::string_view what) {
  return Status::Error(fmt::format("{} {}", EscapeForLog(path), what));
}

}  // namespace

ApiServer::ApiServer(ApiServerSettings settings, FileReader read_file, HttpFetcher* fetcher)
    : settings_(std::move(settings)), read_file_(std::move(read_file)), fetcher_(fetcher) {}

void ApiServer::Ask(Question question, WallTime now, AnswerDone done) {
  if (settings_.url.empty()) {
    return std::move(done)(
        HttpFailure{"no API server is configured, and the broker does not run in a cluster"});
  }
  if (const Status status = ReadFiles(now); !status.ok()) {
    return std::move(done)(HttpFailure{status.sentence()});
  }
  Send({.question = std::move(question), .done = std::move(done)});
}

void ApiServer::Get(DocumentRequest request, WallTime now, Done done) {
  Ask({.path = std::move(request.url), .accept = kDocumentTypes}, now,
      [done = std::move(done)](Answer answer) mutable {
        std::move(done)(ToDocument(std::move(answer)));
      });
}

void ApiServer::Send(Attempt attempt) {
  attempt.trust = trust_;
  const Question& question = attempt.question;
  HttpRequest request;
  request.verb = question.verb;
  request.url = settings_.url + question.path;
  request.headers.emplace_back("Accept", SecretBytes(question.accept));
  request.headers.emplace_back("Authorization", authorization_);
  if (question.verb == HttpRequest::Verb::kPost) {
    request.headers.emplace_back("Content-Type", SecretBytes("application/json"));
    request.body = question.body;
  }
  request.trust = trust_;
  request.timeout = settings_.timeout;
  request.connect_timeout = settings_.timeout;
  request.max_response_bytes = question.max_response_bytes;
  fetcher_->Fetch(std::move(request),
                  [rope = lifeline_.rope(), attempt = std::move(attempt)](Answer answer) mutable {
                    if (ApiServer* self = rope.owner())
                      self->OnAnswer(std::move(attempt), std::move(answer));
                  });
}

void ApiServer::SendAgain(Attempt attempt) {
  attempt.is_second = true;
  Send(std::move(attempt));
}

void ApiServer::OnAnswer(Attempt attempt, Answer answer) {
  AnswerDone& done = attempt.done;
  if (!answer) {
    // With the same CAs it would fail again.
    const bool has_other_ca = ReadFilesAgain().ok() && trust_ != attempt.trust;
    if (has_other_ca && !attempt.is_second) return SendAgain(std::move(attempt));
    return std::move(done)(HttpFailure{fmt::format("the API server: {}", answer.error().sentence)});
  }
  const uint16_t status = answer->status;
  if ((status == 401 || status == 403) && !attempt.is_second) {
    // The old files may be the reason; if they cannot be read, the answer will be the same.
    if (ReadFilesAgain().ok()) return SendAgain(std::move(attempt));
  }
  if (status == 404) return std::move(done)(std::move(answer));
  if (status != 200 && status != 201) {
    const std::string_view who = status == 401 || status == 403 ? " to the broker itself" : "";
    return std::move(done)(
        HttpFailure{fmt::format("the API server answers{} with status {}", who, status)});
  }
  // OpenID Connect Discovery is plain JSON, and key sets have a type of their own.
  const std::string& type = answer->content_type;
  if (type != "application/json" && type != "application/jwk-set+json") {
    return std::move(done)(
        HttpFailure{fmt::format("the API server answers with {} in place of JSON",
                                type.empty() ? "nothing known" : EscapeForLog(type, 64))});
  }
  std::move(done)(std::move(answer));
}

Status ApiServer::ReadFiles(WallTime now) {
  const bool is_young =
      read_at_ && now >= *read_at_ && now.milliseconds() - read_at_->milliseconds() < kFilesAgeMs;
  if (is_young) return Status::Ok();
  const Status status = ReadFilesAgain();
  if (!status.ok() && trust_ == nullptr) return status;
  read_at_ = now;
  return Status::Ok();
}

Status ApiServer::ReadFilesAgain() {
  const StatusOr<SecretBytes> ca = read_file_(settings_.ca_file);
  if (!ca) return Unusable(settings_.ca_file, ca.error().sentence());
  const StatusOr<SecretBytes> token = read_file_(settings_.token_file);
  if (!token) return Unusable(settings_.token_file, token.error().sentence());
  // Without a CA, HttpTrust would mean the system's.
  if (ca->empty()) return Unusable(settings_.ca_file, "is empty");
  const std::string_view text = WithoutEndOfLine(token->text());
  if (!IsToken(text)) return Unusable(settings_.token_file, "holds no token");
  std::string authorization;
  authorization.reserve(kBearer.size() + text.size());
  authorization += kBearer;
  authorization += text;
  authorization_ = SecretBytes::Take(&authorization);
  // Connections belong to it, so it stays as long as it can.
  if (trust_ == nullptr || trust_->ca_pem != ca->text()) {
    auto trust = std::make_shared<HttpTrust>();
    trust->ca_pem = ca->text();
    trust->max_connections = kMaxConnections;
    trust_ = std::move(trust);
  }
  return Status::Ok();
}

}  // namespace signet::auth
