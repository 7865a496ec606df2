// JwtMethod: clients that prove themselves by a JSON Web Token (RFC 7519), signed by an issuer that
// is configured.
//
// Where a token is looked for, `from` says: in the Password, in the User Name, or, of a client that
// names one of `enhancedMethods` as its Authentication Method, in its Authentication Data. It is
// relevant if it has the form of a JWT, and says that it is of one of the issuers
// (unverified_issuer.h). What it says of itself is looked at first, so that most of what is wrong
// costs no signature and no issuer a question; then its issuer's keys say that it is genuine
// (token_issuer.h), and then its claims, who the client is (claim_rules.h).
//
// Lives on the auth shard and is used on its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/method.h"
#include "auth/oauth/claim_rules.h"
#include "auth/oauth/token_issuer.h"

namespace signet::auth {

class JwtMethod : public Method {
 public:
  // The sentence says what in the settings cannot be used. `fetcher` outlives this.
  static StatusOr<std::unique_ptr<JwtMethod>> Create(const config::JwtSettings& settings,
                                                     HttpFetcher* fetcher);

  std::string_view name() const override { return "JWT"; }
  bool IsRelevant(const Credentials& credentials) const override;
  SecretBytes Evidence(const Credentials& credentials) const override;
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool may_reauthenticate() const override { return true; }
  void Report(WallTime now, Readings* readings) const override {
    for (const auto& issuer : issuers_) issuer->Report(now, readings);
  }

 private:
  struct Inquiry;

  explicit JwtMethod(const config::JwtSettings& settings);

  // What there is at one place; empty if there is nothing, or if it does not count there.
  std::string_view TextAt(config::TokenSource source, const Credentials& credentials) const;
  bool IsOfOurs(std::string_view token) const;
  // Of relevant credentials: the first token of one of the issuers.
  std::string_view TokenOf(const Credentials& credentials) const;

  // The moment from which a token counts no longer.
  WallTime EndOf(const Claims& claims) const;
  // What the token itself says against it.
  std::optional<TokenFlaw> FindFlaw(const CompactJws& jws, const Claims& claims,
                                    WallTime now) const;
  Expected<TokenIssuer*, TokenFlaw> IssuerOf(const Claims& claims) const;
  void OnSignature(Inquiry inquiry, KeySource::Outcome outcome) const;

  const std::vector<config::TokenSource> from_;
  const std::vector<std::string> enhanced_methods_;
  const bool requires_end_;
  const int64_t leeway_ms_;
  const ClaimRules rules_;
  std::vector<std::unique_ptr<TokenIssuer>> issuers_;
};

}  // namespace signet::auth
