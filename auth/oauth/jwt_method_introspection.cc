// Tokens that are of none of the issuers: the introspection endpoint says what they claim, and that
// is held to the same rules as the claims of a JSON Web Token.
#include <algorithm>
#include <utility>

#include "auth/oauth/jwt_method.h"

namespace signet::auth {

bool JwtMethod::IsToBeIntrospected(std::string_view token) const {
  return introspection_ != nullptr && !IsOfOurs(token);
}

void JwtMethod::Introspect(const Credentials& credentials, WallTime now, Done done) {
  introspection_->Ask(TokenOf(credentials), [this, &credentials, now, done = std::move(done)](
                                                IntrospectionAnswer answer) mutable {
    std::move(done)(JudgeAnswer(std::move(answer), credentials, now));
  });
}

Verdict JwtMethod::JudgeAnswer(IntrospectionAnswer answer, const Credentials& credentials,
                               WallTime now) const {
  if (auto* denied = std::get_if<Denied>(&answer)) return std::move(*denied);
  if (auto* unavailable = std::get_if<Unavailable>(&answer)) return std::move(*unavailable);
  const ActiveToken& token = std::get<ActiveToken>(answer);
  std::optional<TokenFlaw> flaw = FindFlaw(token.claims, now);
  if (!flaw) flaw = FindMisdirection(token.claims);
  if (flaw) return Denied{.rule = std::string(flaw->rule)};
  // Within the leeway it may still let in, and is asked about each time.
  const WallTime end = token.claims.expires_at.value_or(WallTime::Never());
  const auto believed = WallTime::FromMilliseconds(now.milliseconds() + believed_ms_);
  return Admit(token.claims, token.document.root(), credentials, std::min(end, believed));
}

// An answer need not name an issuer; then it is enough that one of them has such audiences.
std::optional<TokenFlaw> JwtMethod::FindMisdirection(const Claims& claims) const {
  if (issuers_.empty()) return std::nullopt;
  if (claims.issuer.empty()) {
    const bool is_for_us = std::ranges::any_of(
        issuers_, [&](const auto& issuer) { return issuer->Addresses(claims); });
    if (is_for_us) return std::nullopt;
    return TokenFlaw{"the token is for another audience"};
  }
  const Expected<TokenIssuer*, TokenFlaw> issuer = IssuerOf(claims);
  if (!issuer) return issuer.error();
  return std::nullopt;
}

}  // namespace signet::auth
