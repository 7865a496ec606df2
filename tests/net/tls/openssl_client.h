// OpensslClient: `openssl s_client` against a TlsTransport, over a UNIX socket in a folder of its
// own: another implementation, which can do what wolfSSL's client cannot.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/net/tls/tls_pair.h"

namespace signet {

struct OpensslResult {
  bool was_open = false;     // The server's handshake was done.
  TlsSession session;        // If it was.
  std::string received;      // By the server.
  std::string server_error;  // Its sentence; empty if it had none.
  std::string output;        // Of openssl.
};

class OpensslClient {
 public:
  OpensslClient();
  ~OpensslClient();
  OpensslClient(const OpensslClient&) = delete;
  OpensslClient& operator=(const OpensslClient&) = delete;

  // Runs it with these arguments besides -unix, and `input` typed in once the handshake is done.
  // The server says `greeting` then, and closes when the input has come or ten seconds are over.
  OpensslResult Run(std::shared_ptr<const TlsContext> context,
                    const std::vector<std::string>& arguments, const std::string& input);

  // A file in the folder, with this content.
  std::string File(const std::string& name, std::string_view content) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace signet
