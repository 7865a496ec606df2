// DocumentSource: where the JSON documents of an issuer come from; with which credentials, and from
// whom that is believed, is the affair of who implements it. Used on the auth shard's thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "core/access/http_fetcher.h"
#include "core/base/wall_time.h"

namespace signet::auth {

struct DocumentRequest {
  std::string url;
  // Of the text that is here already, which then need not come again; empty: there is none.
  std::string known_etag;
};

struct Document {
  // Nothing: it is still the one of `known_etag`, and never if that was empty.
  std::optional<std::string> text;
  // Of this text, to be known by; empty if it has none.
  std::string etag;
  // How long nobody need ask anew, by the server's word; nothing: it does not say.
  std::optional<uint64_t> fresh_s;
};

class DocumentSource {
 public:
  // An answer 200, or 304 about what is known; or why there is none, for the log.
  using Outcome = Expected<Document, HttpFailure>;
  using Done = absl::AnyInvocable<void(Outcome) &&>;

  virtual ~DocumentSource() = default;
  // Runs `done` once, within the call or later, unless this object dies first.
  virtual void Get(DocumentRequest request, WallTime now, Done done) = 0;
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

  void Get(DocumentRequest request, WallTime now, Done done) override;

 private:
  HttpFetcher* const fetcher_;
  const std::shared_ptr<const HttpTrust> trust_;
  const Duration timeout_;
};

// What an answer is worth as a document; 304 is worth something to who has sent an If-None-Match.
DocumentSource::Outcome ToDocument(Expected<HttpResponse, HttpFailure> answer,
                                   bool is_conditional = false);

}  // namespace signet::auth
