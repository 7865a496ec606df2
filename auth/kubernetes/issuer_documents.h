// IssuerDocuments: what an issuer publishes that is not the API server, and is asked without our
// token: that is nobody's business but the API server's. Used on the auth shard's thread alone.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "auth/jwt/document_source.h"
#include "auth/kubernetes/file_reader.h"

namespace signet::auth {

class IssuerDocuments : public DocumentSource {
 public:
  // An empty `ca_file` stands for the system's CAs. The file is read for each document, which is
  // not often (key_source.h). `fetcher` outlives this.
  IssuerDocuments(std::string ca_file, Duration timeout, FileReader read_file, HttpFetcher* fetcher)
      : ca_file_(std::move(ca_file)),
        timeout_(timeout),
        read_file_(std::move(read_file)),
        fetcher_(fetcher) {}

  void Get(DocumentRequest request, WallTime now, Done done) override;

 private:
  // Empty, or why the CAs cannot be had.
  Status ReadCa();

  const std::string ca_file_;
  const Duration timeout_;
  FileReader read_file_;
  HttpFetcher* const fetcher_;
  std::shared_ptr<const HttpTrust> trust_;  // Null until it is first needed.
};

}  // namespace signet::auth
