// ApiServer: asks the API server of Kubernetes, as the service account that we have there. Its
// files are read again when they are a minute old, and at once when it does not know us or we do
// not trust it: kubelet replaces our token in good time, and a CA may change too. Lives on the auth
// shard and is used on its thread alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "auth/jwt/document_source.h"
#include "auth/kubernetes/file_reader.h"
#include "auth/lifeline.h"
#include "core/access/http_fetcher.h"
#include "core/base/status.h"
#include "core/base/wall_time.h"

namespace signet::auth {

struct ApiServerSettings {
  std::string url;  // https://HOST:PORT; empty: there is none, and nothing is ever answered.
  std::string ca_file;
  std::string token_file;
  Duration timeout = seconds(10);
};

class ApiServer : public DocumentSource {
 public:
  static constexpr int64_t kFilesAgeMs = 60'000;
  // Where it is not HTTP/2, which the API server itself speaks but a proxy may not.
  static constexpr uint32_t kMaxConnections = 128;

  struct Question {
    HttpRequest::Verb verb = HttpRequest::Verb::kGet;
    std::string path;
    SecretBytes body;                              // JSON.
    std::string_view accept = "application/json";  // Of static lifetime.
    size_t max_response_bytes = 256 * 1024;
  };
  // A JSON answer with status 200 or 201, or the answer 404. Anything else is a failure: an answer
  // that does not come; 401 and 403, which are about us, after a second try; all other statuses.
  using Answer = Expected<HttpResponse, HttpFailure>;
  using AnswerDone = absl::AnyInvocable<void(Answer) &&>;

  // `fetcher` outlives this.
  ApiServer(ApiServerSettings settings, FileReader read_file, HttpFetcher* fetcher);

  // Runs `done` once, within the call or later, unless this object dies first.
  void Ask(Question question, WallTime now, AnswerDone done);
  // A document of this very server, whatever the URL's host would be: paths alone. It always comes
  // whole.
  void Get(DocumentRequest request, WallTime now, Done done) override;
  const std::string& url() const { return settings_.url; }

 private:
  struct Attempt {
    Question question;
    AnswerDone done;
    std::shared_ptr<const HttpTrust> trust = nullptr;  // With which it was sent.
    bool is_second = false;
  };
  void Send(Attempt attempt);
  void SendAgain(Attempt attempt);
  void OnAnswer(Attempt attempt, Answer answer);
  // Ok also if they cannot be read again: then those of before serve on.
  Status ReadFiles(WallTime now);
  Status ReadFilesAgain();

  const ApiServerSettings settings_;
  FileReader read_file_;
  HttpFetcher* const fetcher_;

  SecretBytes authorization_;               // `Bearer TOKEN`; empty until it was read.
  std::shared_ptr<const HttpTrust> trust_;  // Null likewise.
  std::optional<WallTime> read_at_;
  Lifeline<ApiServer> lifeline_{this};
};

}  // namespace signet::auth
