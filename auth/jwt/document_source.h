// DocumentSource: where the JSON documents of an issuer come from; with which credentials, and from
// whom that is believed, is the affair of who implements it. Used on the auth shard's thread alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "core/access/http_fetcher.h"
#include "core/base/wall_time.h"

namespace signet::auth {

class DocumentSource {
 public:
  // The body of an answer 200; or why there is none, for the log.
  using Outcome = Expected<std::string, HttpFailure>;
  using Done = absl::AnyInvocable<void(Outcome) &&>;

  virtual ~DocumentSource() = default;
  // Runs `done` once, within the call or later, unless this object dies first.
  virtual void Get(std::string url, WallTime now, Done done) = 0;
};

// What a request for a document accepts: the API server of Kubernetes gives its key set to nobody
// who does not name its own type.
inline constexpr std::string_view kDocumentTypes = "application/json, application/jwk-set+json";

// Anybody's HTTPS server, which is asked without credentials.
class HttpsDocuments : public DocumentSource {
 public:
  // `fetcher` outlives this.
  HttpsDocuments(HttpFetcher* fetcher, std::shared_ptr<const HttpTrust> trust, Duration timeout)
      : fetcher_(fetcher), trust_(std::move(trust)), timeout_(timeout) {}

  void Get(std::string url, WallTime now, Done done) override;

 private:
  HttpFetcher* const fetcher_;
  const std::shared_ptr<const HttpTrust> trust_;
  const Duration timeout_;
};

// What an answer is worth as a document.
DocumentSource::Outcome ToDocument(Expected<HttpResponse, HttpFailure> answer);

}  // namespace signet::auth
