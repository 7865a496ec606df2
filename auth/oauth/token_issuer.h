// TokenIssuer: one of `issuers`: whose tokens are believed, for whom they must be meant, and by
// which keys they are proven. Lives on the auth shard and is used on its thread alone.
//
// Secrets and public keys are kept apart, and so are the algorithms that each of them serves: what
// a token's header says never makes a published key a secret (RFC 8725, 3.1).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt/claims.h"
#include "auth/jwt/key_source.h"
#include "auth/readings.h"
#include "core/access/http_fetcher.h"
#include "core/base/status.h"
#include "core/config/jwt.h"

namespace signet::auth {

class TokenIssuer {
 public:
  // The sentence says which key cannot be used. `fetcher` outlives this.
  static StatusOr<std::unique_ptr<TokenIssuer>> Create(const config::JwtIssuer& issuer,
                                                       const config::JwtSettings& settings,
                                                       HttpFetcher* fetcher);

  // Whether a token with this `iss` would be its own; letter by letter (RFC 7519, 4.1.1).
  bool Issues(std::string_view iss) const { return name_.empty() || name_ == iss; }
  bool Addresses(const Claims& claims) const {
    return audiences_.empty() || claims.IsFor(audiences_);
  }

  // Runs `done` once, within the call or later; `jws` lives until then. By the keys that are
  // configured, and, if the one that is named is not among them, by those that are published.
  void Check(const CompactJws& jws, WallTime now, KeySource::Done done);
  // Until when a verdict of Check() may be remembered: a key that is published no longer must be
  // missed.
  WallTime known_until() const { return source_ ? source_->due_at() : WallTime::Never(); }

  // Of published keys, if there are any.
  void Report(WallTime now, Readings* readings) const {
    if (source_) source_->Report(now, shown_as_, readings);
  }

 private:
  explicit TokenIssuer(const config::JwtIssuer& issuer);
  void SetAlgorithms(const std::vector<JwtAlgorithm>& algorithms);
  Status AddSecrets(const config::JwtIssuer& issuer);
  Status AddPublicKeys(const config::JwtIssuer& issuer);
  void SetSource(const config::JwtIssuer& issuer, config::KeySetSettings settings,
                 HttpFetcher* fetcher);

  const std::string name_;      // Empty: whatever `iss` says.
  const std::string shown_as_;  // The name, or where the keys are.
  const std::vector<std::string> audiences_;
  AlgorithmSet of_secrets_;
  AlgorithmSet of_public_keys_;
  KeySet secrets_;
  KeySet public_keys_;
  std::optional<HttpsDocuments> documents_;
  std::optional<KeySource> source_;
};

}  // namespace signet::auth
