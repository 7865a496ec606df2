#include "auth/kubernetes/issuer_documents.h"

#include <fmt/format.h>

#include "core/base/log.h"

namespace signet::auth {

void IssuerDocuments::Get(DocumentRequest request, WallTime now, Done done) {
  if (const Status status = ReadCa(); !status.ok()) {
    return std::move(done)(HttpFailure{status.sentence()});
  }
  HttpsDocuments(fetcher_, trust_, timeout_).Get(std::move(request), now, std::move(done));
}

Status IssuerDocuments::ReadCa() {
  std::string pem;
  if (!ca_file_.empty()) {
    const StatusOr<SecretBytes> file = read_file_(ca_file_);
    const bool is_bad = !file || file->empty();            // An empty one would mean the system's.
    if (is_bad && trust_ != nullptr) return Status::Ok();  // Those of before serve on.
    if (is_bad) {
      return Status::Error(fmt::format("{} {}", EscapeForLog(ca_file_),
                                       file ? "is empty" : file.error().sentence()));
    }
    pem = file->text();
  }
  if (trust_ == nullptr || trust_->ca_pem != pem) {
    auto trust = std::make_shared<HttpTrust>();
    trust->ca_pem = std::move(pem);
    trust_ = std::move(trust);
  }
  return Status::Ok();
}

}  // namespace signet::auth
