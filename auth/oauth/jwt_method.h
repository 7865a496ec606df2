// JwtMethod: clients that prove themselves by a JSON Web Token (RFC 7519), signed by an issuer that
// is configured, or by a token that an authorization server knows.
//
// Where a token is looked for, `from` says: in the Password, in the User Name, or, of a client that
// names one of `enhancedMethods` as its Authentication Method, in its Authentication Data. It is
// relevant if it has the form of a JWT, and says that it is of one of the issuers
// (unverified_issuer.h). What it says of itself is looked at first, so that most of what is wrong
// costs no signature and no issuer a question; then its issuer's keys say that it is genuine
// (token_issuer.h), and then its claims, who the client is (claim_rules.h).
//
// With `introspection` everything else that stands there is relevant, too, and a server is asked
// about it (introspection_endpoint.h). What that says is held to the same rules: requireExp, the
// leeway, the audiences, the claims; and where there are issuers, to be of one of them. Between
// several places a token of the issuers is preferred, and then the first place counts.
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
#include "auth/method_context.h"
#include "auth/oauth/claim_rules.h"
#include "auth/oauth/introspection_endpoint.h"
#include "auth/oauth/token_issuer.h"

namespace signet::auth {

class JwtMethod : public Method {
 public:
  // The sentence says what in the settings cannot be used. `fetcher` outlives this.
  static StatusOr<std::unique_ptr<JwtMethod>> Create(const config::JwtSettings& settings,
                                                     const MethodContext& context,
                                                     HttpFetcher* fetcher);

  std::string_view name() const override { return "JWT"; }
  bool IsRelevant(const Credentials& credentials) const override;
  SecretBytes Evidence(const Credentials& credentials) const override;
  bool is_relevant_by_evidence() const override { return true; }
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool may_reauthenticate() const override { return true; }
  void Report(WallTime now, Readings* readings) const override {
    for (const auto& issuer : issuers_) issuer->Report(now, readings);
    if (introspection_ != nullptr) introspection_->Report(readings);
  }

 private:
  struct Inquiry;

  JwtMethod(const config::JwtSettings& settings, std::string_view listener);

  // What there is at one place; empty if there is nothing, or if it does not count there.
  std::string_view TextAt(config::TokenSource source, const Credentials& credentials) const;
  bool IsOfOurs(std::string_view token) const;
  // Of relevant credentials: the first token of one of the issuers, or what is introspected.
  std::string_view TokenOf(const Credentials& credentials) const;

  // The moment from which a token counts no longer.
  WallTime EndOf(const Claims& claims) const;
  // What its times say against a token.
  std::optional<TokenFlaw> FindFlaw(const Claims& claims, WallTime now) const;
  Expected<TokenIssuer*, TokenFlaw> IssuerOf(const Claims& claims) const;
  void OnSignature(Inquiry inquiry, KeySource::Outcome outcome) const;
  // What is left to say of a token that is genuine, in time, and for us.
  Verdict Admit(const Claims& claims, JsonObject payload, const Credentials& credentials,
                WallTime known_until) const;

  // jwt_method_introspection.cc.
  bool IsToBeIntrospected(std::string_view token) const;
  void Introspect(const Credentials& credentials, WallTime now, Done done);
  Verdict JudgeAnswer(IntrospectionAnswer answer, const Credentials& credentials,
                      WallTime now) const;
  // What `iss` and `aud` of an answer say against its token.
  std::optional<TokenFlaw> FindMisdirection(const Claims& claims) const;

  const std::vector<config::TokenSource> from_;
  const std::vector<std::string> enhanced_methods_;
  const bool requires_end_;
  const int64_t leeway_ms_;
  const ClaimRules rules_;
  std::vector<std::unique_ptr<TokenIssuer>> issuers_;
  std::unique_ptr<IntrospectionEndpoint> introspection_;  // Null: there is none.
  int64_t believed_ms_ = 0;                               // How long its answers hold.
};

}  // namespace signet::auth
