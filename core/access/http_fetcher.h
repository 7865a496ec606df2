// HttpFetcher: how auth/ asks an HTTPS server. A port in the sense of layers: auth/ speaks through
// it, net/http answers with libcurl on the ring of the auth shard, a test answers from a script.
// Used on the auth shard's thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/base/expected.h"
#include "core/base/secret_bytes.h"
#include "core/base/time.h"

namespace signet {

// Whom a server must prove to be, and who we are to it. Connections are shared among requests of
// the same (address-equal) HttpTrust, and among no others; made once for each method of
// authentication, and replaced when its files change. Counted (std::shared_ptr), as requests
// outlive that; on the auth shard alone, never on the path of a PUBLISH.
struct HttpTrust {
  std::string ca_pem;            // Each of them is an anchor. Empty: the system's roots.
  std::string client_chain_pem;  // Empty: no client certificate.
  SecretBytes client_key_pem;
  uint32_t max_connections = 32;  // To one host; further requests wait.
};

struct HttpRequest {
  enum class Verb : uint8_t { kGet, kPost };
  Verb verb = Verb::kGet;
  std::string url;  // https://; anything else is refused.
  // Names and values as they go out. Those with CR, LF, NUL or other controls are refused, not
  // sent; so are those that say where a request goes or ends: Host, Content-Length, Connection, ...
  std::vector<std::pair<std::string, SecretBytes>> headers;
  SecretBytes body;                        // Of POST.
  std::shared_ptr<const HttpTrust> trust;  // Never null.
  // Of finding the host, connecting and TLS; not of waiting until a connection is free.
  Duration connect_timeout = seconds(5);
  Duration timeout = seconds(10);           // Of everything, from Fetch() on.
  size_t max_response_bytes = 1024 * 1024;  // Headers and body, each.
};

// Any answer of HTTP, whatever its status; redirects are answers too, and not followed.
struct HttpResponse {
  uint16_t status = 0;
  std::string content_type;  // In lower case, without parameters; empty if there is none.
  // How much longer it may be used without asking anew (RFC 9111, 4.2): by Cache-Control, or else
  // by Expires and Date, less its Age; 0 for no-store and no-cache. Nothing: the server does not
  // say.
  std::optional<uint64_t> fresh_s;
  // ETag as it stands there, to be sent as If-None-Match; empty if there is none that may be.
  std::string etag;
  std::optional<uint64_t> retry_after_s;  // In seconds only.
  SecretBytes body;                       // It may repeat what was asked, as a TokenReview does.
};

// No answer: nobody there, not whom we trust, too slow, too large, not HTTP.
struct HttpFailure {
  std::string sentence;  // For the log; says what, and nothing of the request but its host.
  bool was_asked =
      true;  // False: too many requests wait already, which says nothing of the server.
};

class HttpFetcher {
 public:
  using Done = absl::AnyInvocable<void(Expected<HttpResponse, HttpFailure>) &&>;

  virtual ~HttpFetcher() = default;
  // Runs `done` once, later: never within this call. When the fetcher dies, what is open ends with
  // a failure. `done` may ask again; it must not destroy the fetcher.
  virtual void Fetch(HttpRequest request, Done done) = 0;
};

}  // namespace signet
