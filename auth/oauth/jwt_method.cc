#include "auth/oauth/jwt_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/oauth/unverified_issuer.h"
#include "core/config/values.h"

namespace signet::auth {
namespace {

// `typ` is a media type that may leave out `application/` (RFC 7515, 4.1.9). A JWT is one without
// it, and an access token (RFC 9068, 2.1); others of an issuer, such as one that logs somebody out,
// are no proof of who holds them (RFC 8725, 3.11).
bool IsTypeOfLogins(std::string_view type) {
  constexpr std::string_view kPrefix = "application/";
  if (type.empty()) return true;
  if (config::SameInAnyCase(type.substr(0, kPrefix.size()), kPrefix)) {
    type.remove_prefix(kPrefix.size());
  }
  return config::SameInAnyCase(type, "JWT") || config::SameInAnyCase(type, "at+jwt");
}

// Appends so that no two lists of texts make the same evidence.
void AppendSized(std::string_view text, SecretBytes* evidence) {
  evidence->Append(fmt::format("{}:", text.size()));
  evidence->Append(text);
}

}  // namespace

// One question, from Verify() until its answer.
struct JwtMethod::Inquiry {
  const Credentials* credentials;  // They live until `done`.
  // Apart, as it has to stay where it is while keys are fetched.
  std::unique_ptr<const CompactJws> jws;
  Claims claims;
  const TokenIssuer* issuer;
  Done done;

  void Refuse(std::string_view rule) { std::move(done)(Denied{.rule = std::string(rule)}); }
};

JwtMethod::JwtMethod(const config::JwtSettings& settings, std::string_view listener)
    : from_(settings.from),
      enhanced_methods_(settings.enhanced_methods),
      requires_end_(settings.require_exp),
      leeway_ms_(static_cast<int64_t>(settings.leeway_s) * 1000),
      rules_(settings, listener) {}

StatusOr<std::unique_ptr<JwtMethod>> JwtMethod::Create(const config::JwtSettings& settings,
                                                       const MethodContext& context,
                                                       HttpFetcher* fetcher) {
  std::unique_ptr<JwtMethod> method(new JwtMethod(settings, context.listener));
  for (const config::JwtIssuer& each : settings.issuers) {
    StatusOr<std::unique_ptr<TokenIssuer>> issuer = TokenIssuer::Create(each, settings, fetcher);
    if (!issuer.ok()) return issuer.error();
    method->issuers_.push_back(std::move(*issuer));
  }
  if (settings.introspection) {
    auto endpoint = IntrospectionEndpoint::Create(*settings.introspection, context.clock, fetcher);
    if (!endpoint.ok()) return endpoint.error();
    method->introspection_ = std::move(*endpoint);
    method->believed_ms_ = static_cast<int64_t>(settings.introspection->cache_s) * 1000;
  }
  return method;
}

// A client that names an Authentication Method proves itself by that and by nothing else.
std::string_view JwtMethod::TextAt(config::TokenSource source,
                                   const Credentials& credentials) const {
  const std::optional<std::string>& named = credentials.authentication_method;
  switch (source) {
    case config::TokenSource::kPassword:
      return !named && credentials.password ? credentials.password->text() : std::string_view();
    case config::TokenSource::kUsername:
      return !named && credentials.username ? *credentials.username : std::string_view();
    case config::TokenSource::kEnhancedAuthentication:
      break;
  }
  const bool is_ours = named && std::ranges::count(enhanced_methods_, *named) > 0;
  return is_ours ? credentials.authentication_data.text() : std::string_view();
}

bool JwtMethod::IsOfOurs(std::string_view token) const {
  const std::optional<std::string> name = UnverifiedIssuer(token);
  return name &&
         std::ranges::any_of(issuers_, [&](const auto& issuer) { return issuer->Issues(*name); });
}

bool JwtMethod::IsRelevant(const Credentials& credentials) const {
  return std::ranges::any_of(from_, [&](config::TokenSource source) {
    const std::string_view text = TextAt(source, credentials);
    return introspection_ != nullptr ? !text.empty() : IsOfOurs(text);
  });
}

// Where one place alone has anything, that is it, and need not be read for that again.
std::string_view JwtMethod::TokenOf(const Credentials& credentials) const {
  std::vector<std::string_view> texts;
  for (const config::TokenSource source : from_) {
    const std::string_view text = TextAt(source, credentials);
    if (!text.empty()) texts.push_back(text);
  }
  if (texts.size() == 1) return texts.front();
  const auto found =
      std::ranges::find_if(texts, [&](std::string_view text) { return IsOfOurs(text); });
  if (found != texts.end()) return *found;
  return introspection_ != nullptr && !texts.empty() ? texts.front() : std::string_view();
}

// The token, and whatever of CONNECT a verdict also depends on.
SecretBytes JwtMethod::Evidence(const Credentials& credentials) const {
  const std::string_view token = TokenOf(credentials);
  if (!rules_.uses_client_id() && !rules_.uses_username()) return SecretBytes(token);
  SecretBytes evidence(credentials.source == Credentials::Source::kConnect ? "C" : "A");
  if (rules_.uses_client_id()) AppendSized(credentials.client_id, &evidence);
  if (rules_.uses_username()) {
    evidence.Append(credentials.username ? "+" : "-");
    AppendSized(credentials.username.value_or(""), &evidence);
  }
  evidence.Append(token);
  return evidence;
}

WallTime JwtMethod::EndOf(const Claims& claims) const {
  if (!claims.expires_at) return WallTime::Never();
  return WallTime::FromMilliseconds(claims.expires_at->milliseconds() + leeway_ms_);
}

// `iat` in the future is no flaw: RFC 7519, 4.1.6, has it say how old a token is, and issuers whose
// clocks run ahead would lock everybody out.
std::optional<TokenFlaw> JwtMethod::FindFlaw(const Claims& claims, WallTime now) const {
  if (!claims.expires_at && requires_end_) return TokenFlaw{"the token has no end"};
  if (EndOf(claims) <= now) return TokenFlaw{"the token has expired"};  // RFC 7519, 4.1.4.
  if (claims.not_before && claims.not_before->milliseconds() - now.milliseconds() > leeway_ms_) {
    return TokenFlaw{"the token is not valid yet"};
  }
  return std::nullopt;
}

Expected<TokenIssuer*, TokenFlaw> JwtMethod::IssuerOf(const Claims& claims) const {
  TokenFlaw flaw{"the token is of no issuer that is believed"};
  for (const std::unique_ptr<TokenIssuer>& issuer : issuers_) {
    if (!issuer->Issues(claims.issuer)) continue;
    if (issuer->Addresses(claims)) return issuer.get();
    flaw = TokenFlaw{"the token is for another audience"};
  }
  return flaw;
}

void JwtMethod::Verify(const Credentials& credentials, WallTime now, Done done) {
  const auto refuse = [&](TokenFlaw flaw) {
    std::move(done)(Denied{.rule = std::string(flaw.rule)});
  };
  const std::string_view token = TokenOf(credentials);
  if (IsToBeIntrospected(token)) return Introspect(credentials, now, std::move(done));
  Expected<CompactJws, TokenFlaw> jws = CompactJws::Read(token);
  if (!jws) return refuse(jws.error());
  Expected<Claims, TokenFlaw> claims = ReadClaims(jws->payload());
  if (!claims) return refuse(claims.error());
  if (!IsTypeOfLogins(jws->type())) {
    return refuse(TokenFlaw{"the token is of another type than JWT"});
  }
  // RFC 7800: it is no proof of who holds it, and here nobody is asked for that key.
  if (jws->payload().Has("cnf")) return refuse(TokenFlaw{"the token is bound to a key"});
  if (const std::optional<TokenFlaw> flaw = FindFlaw(*claims, now)) return refuse(*flaw);
  const Expected<TokenIssuer*, TokenFlaw> issuer = IssuerOf(*claims);
  if (!issuer) return refuse(issuer.error());
  Inquiry inquiry{.credentials = &credentials,
                  .jws = std::make_unique<const CompactJws>(std::move(*jws)),
                  .claims = std::move(*claims),
                  .issuer = *issuer,
                  .done = std::move(done)};
  const CompactJws& checked = *inquiry.jws;
  (*issuer)->Check(checked, now,
                   [this, inquiry = std::move(inquiry)](KeySource::Outcome outcome) mutable {
                     OnSignature(std::move(inquiry), std::move(outcome));
                   });
}

void JwtMethod::OnSignature(Inquiry inquiry, KeySource::Outcome outcome) const {
  if (!outcome) return std::move(inquiry.done)(Unavailable{.why = outcome.error().why});
  if (*outcome == SignatureVerdict::kUnknownKey) {
    return inquiry.Refuse("the token is signed by no key of its issuer");
  }
  if (*outcome == SignatureVerdict::kForged) {
    return inquiry.Refuse("the token's signature is wrong");
  }
  std::move(inquiry.done)(Admit(inquiry.claims, inquiry.jws->payload(), *inquiry.credentials,
                                inquiry.issuer->known_until()));
}

Verdict JwtMethod::Admit(const Claims& claims, JsonObject payload, const Credentials& credentials,
                         WallTime known_until) const {
  Expected<Principal, Denied> principal = rules_.Apply(claims, payload, credentials);
  if (!principal) return principal.error();
  principal->method = std::string(name());
  principal->deadline = EndOf(claims);
  principal->credential =
      std::make_shared<const CredentialName>(CredentialName{.issuer = claims.issuer,
                                                            .id = claims.id,
                                                            .subject = claims.subject,
                                                            .ends = principal->deadline});
  return Accepted{.principal = std::move(*principal), .known_until = known_until};
}

}  // namespace signet::auth
