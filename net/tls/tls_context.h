// TlsContext: everything that a port's TLS connections have in common. The one place where wolfSSL
// contexts are made, so that no context lacks a verify mode and a minimum version. Immutable; many
// shards make sessions from it at once. Whoever publishes a new one lets go of the old, which lives
// on for the connections that have it: counted (std::shared_ptr), when a client comes or goes,
// never by a PUBLISH.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "net/tls/ticket_keys.h"
#include "net/tls/tls_settings.h"

struct WOLFSSL;
struct WOLFSSL_CTX;

namespace signet {

class TlsContext {
 public:
  // Builds and checks all of it. An error is one sentence that names what is wrong, and holds
  // nothing secret. `tickets` may be null where there are no tickets. `now_s`, seconds since 1970,
  // is for the warnings alone.
  static StatusOr<std::shared_ptr<const TlsContext>> Create(
      const TlsServerSettings& settings, std::shared_ptr<const TicketKeys> tickets, int64_t now_s);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  // Sentences about what works and yet should not stay so: a certificate that has expired, or a
  // CRL whose successor is due.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // When a client CA's time is over or begins, in seconds since 1970. wolfSSL does not look; from
  // then on the context has to be replaced by one that is made anew, which leaves that CA out, or
  // has it.
  int64_t replace_at_s() const { return replace_at_s_; }
  ClientCertificates client_certificates() const { return client_certificates_; }

  // A session of the server's side, with the identity for `server_name` (in lower case; empty for
  // the first). The caller frees it. Null when there is no memory. Any thread.
  WOLFSSL* NewSession(std::string_view server_name) const;

  // For tests: the contexts, one per identity.
  std::vector<WOLFSSL_CTX*> contexts() const;

 private:
  class Builder;
  struct ContextFree {
    void operator()(WOLFSSL_CTX* context) const;
  };
  using ContextPtr = std::unique_ptr<WOLFSSL_CTX, ContextFree>;

  TlsContext() = default;
  WOLFSSL_CTX* ContextFor(std::string_view server_name) const;

  std::vector<ContextPtr> contexts_;
  // From "broker.example" and "*.example" to an index of contexts_. The first identity to claim a
  // name has it.
  std::map<std::string, size_t, std::less<>> by_name_;
  std::string alpn_;  // As wolfSSL wants it: separated by commas.
  ClientCertificates client_certificates_ = ClientCertificates::kNone;
  std::shared_ptr<const TicketKeys> tickets_;
  std::vector<std::string> warnings_;
  int64_t replace_at_s_ = INT64_MAX;
};

}  // namespace signet
