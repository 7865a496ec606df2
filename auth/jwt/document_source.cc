#include "auth/jwt/document_source.h"

#include <fmt/format.h>

#include <utility>

#include "auth/jwt/key_set.h"

namespace signet::auth {

DocumentSource::Outcome ToDocument(Expected<HttpResponse, HttpFailure> answer,
                                   bool is_conditional) {
  if (!answer) return answer.error();
  Document document{.text = {}, .etag = std::move(answer->etag), .fresh_s = answer->fresh_s};
  if (answer->status == 304 && is_conditional) return document;
  if (answer->status != 200) {
    return HttpFailure{fmt::format("the server answers with status {}", answer->status)};
  }
  document.text = answer->body.text();
  return document;
}

void HttpsDocuments::Get(DocumentRequest wanted, WallTime /*now*/, Done done) {
  const bool is_conditional = !wanted.known_etag.empty();
  HttpRequest request;
  request.url = std::move(wanted.url);
  request.headers.emplace_back("Accept", SecretBytes(kDocumentTypes));
  if (is_conditional) {
    request.headers.emplace_back("If-None-Match", SecretBytes(wanted.known_etag));
  }
  request.trust = trust_;
  request.timeout = timeout_;
  request.max_response_bytes = KeySet::kMaxBytes;
  fetcher_->Fetch(std::move(request),
                  [is_conditional, done = std::move(done)](auto answer) mutable {
                    std::move(done)(ToDocument(std::move(answer), is_conditional));
                  });
}

}  // namespace signet::auth
