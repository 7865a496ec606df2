#include "auth/jwt/document_source.h"

#include <fmt/format.h>

#include <utility>

#include "auth/jwt/key_set.h"

namespace signet::auth {

DocumentSource::Outcome ToDocument(Expected<HttpResponse, HttpFailure> answer) {
  if (!answer) return answer.error();
  if (answer->status != 200) {
    return HttpFailure{fmt::format("the server answers with status {}", answer->status)};
  }
  return std::string(answer->body.text());
}

void HttpsDocuments::Get(std::string url, WallTime /*now*/, Done done) {
  HttpRequest request;
  request.url = std::move(url);
  request.headers.emplace_back("Accept", SecretBytes(kDocumentTypes));
  request.trust = trust_;
  request.timeout = timeout_;
  request.max_response_bytes = KeySet::kMaxBytes;
  fetcher_->Fetch(std::move(request), [done = std::move(done)](auto answer) mutable {
    std::move(done)(ToDocument(std::move(answer)));
  });
}

}  // namespace signet::auth
