#include "auth/kubernetes/service_account_token_method.h"

#include <fmt/format.h>

#include <utility>

#include "auth/kubernetes/kubernetes_claims.h"
#include "auth/kubernetes/service_account.h"
#include "auth/kubernetes/token_review.h"

namespace signet::auth {

// One question, from Verify() until its answer.
struct ServiceAccountTokenMethod::Inquiry {
  std::string_view token;  // Of the Credentials, which live until `done`.
  CompactJws jws;
  Claims claims;
  WallTime now;
  Done done;
  ReviewedAccount account{};

  void Accept(const ServiceAccountName& name, Attributes attributes) {
    const WallTime end = claims.expires_at.value_or(WallTime::Never());
    auto credential = std::make_shared<const CredentialName>(CredentialName{
        .issuer = claims.issuer, .id = claims.id, .subject = name.ToUsername(), .ends = end});
    std::move(done)(Accepted{{.method = "ServiceAccountToken",
                              .identity = name.ToUsername(),
                              .attributes = std::move(attributes),
                              .deadline = end,
                              .credential = std::move(credential)}});
  }
  void Refuse(std::string_view rule) { std::move(done)(Denied{.rule = std::string(rule)}); }
  void GiveUp(std::string why) { std::move(done)(Unavailable{.why = std::move(why)}); }
};

bool ServiceAccountTokenMethod::UsesUsernameForm(const Credentials& credentials) const {
  return !credentials.authentication_method &&
         (credentials.version == ProtocolVersion::k311 || settings_.username_form) &&
         credentials.username && credentials.username->starts_with(kServiceAccountTokenMethod);
}

bool ServiceAccountTokenMethod::IsRelevant(const Credentials& credentials) const {
  return credentials.authentication_method == kServiceAccountTokenMethod ||
         UsesUsernameForm(credentials);
}

std::string_view ServiceAccountTokenMethod::TokenOf(const Credentials& credentials) const {
  if (!UsesUsernameForm(credentials)) return credentials.authentication_data.text();
  return credentials.password ? credentials.password->text() : std::string_view();
}

SecretBytes ServiceAccountTokenMethod::Evidence(const Credentials& credentials) const {
  return SecretBytes(TokenOf(credentials));
}

std::optional<TokenFlaw> ServiceAccountTokenMethod::FindFlaw(const Claims& claims,
                                                             WallTime now) const {
  if (claims.expires_at && *claims.expires_at <= now) return TokenFlaw{"the token has expired"};
  if (claims.not_before &&
      claims.not_before->milliseconds() - now.milliseconds() > kNotBeforeLeewayMs) {
    return TokenFlaw{"the token is not valid yet"};
  }
  // The older tokens out of Secrets have no audience; about those the API server decides.
  if (claims.audiences && !claims.IsFor(settings_.audiences)) {
    return TokenFlaw{"the token is for another audience"};
  }
  return std::nullopt;
}

void ServiceAccountTokenMethod::Verify(const Credentials& credentials, WallTime now, Done done) {
  const std::string_view token = TokenOf(credentials);
  Expected<CompactJws, TokenFlaw> jws = CompactJws::Read(token);
  if (!jws) return std::move(done)(Denied{.rule = std::string(jws.error().rule)});
  Expected<Claims, TokenFlaw> claims = ReadClaims(jws->payload());
  if (!claims) return std::move(done)(Denied{.rule = std::string(claims.error().rule)});
  if (const std::optional<TokenFlaw> flaw = FindFlaw(*claims, now)) {
    return std::move(done)(Denied{.rule = std::string(flaw->rule)});
  }
  auto inquiry = std::make_unique<Inquiry>(Inquiry{.token = token,
                                                   .jws = std::move(*jws),
                                                   .claims = std::move(*claims),
                                                   .now = now,
                                                   .done = std::move(done)});
  if (keys_) return CheckSignature(std::move(inquiry));
  Review(std::move(inquiry));
}

// By the API server.

void ServiceAccountTokenMethod::Review(InquiryPtr inquiry) {
  ApiServer::Question question{.verb = HttpRequest::Verb::kPost,
                               .path = std::string(kTokenReviewPath),
                               .body = TokenReviewRequest(inquiry->token, settings_.audiences),
                               .max_response_bytes = kMaxTokenReviewBytes};
  Ask(std::move(question), std::move(inquiry), &ServiceAccountTokenMethod::OnReview);
}

void ServiceAccountTokenMethod::Ask(ApiServer::Question question, InquiryPtr inquiry,
                                    OnAnswer on_answer) {
  const WallTime now = inquiry->now;
  api_server_->Ask(
      std::move(question), now,
      [this, on_answer, inquiry = std::move(inquiry)](ApiServer::Answer answer) mutable {
        (this->*on_answer)(std::move(inquiry), std::move(answer));
      });
}

void ServiceAccountTokenMethod::OnReview(InquiryPtr inquiry, ApiServer::Answer answer) {
  if (!answer) return inquiry->GiveUp(std::move(answer.error().sentence));
  if (answer->status == 404) return inquiry->GiveUp("the API server knows no TokenReview");
  TokenReviewOutcome outcome =
      ReadTokenReview(answer->body.text(), inquiry->token, settings_.audiences);
  if (Denied* denied = std::get_if<Denied>(&outcome)) {
    return std::move(inquiry->done)(std::move(*denied));
  }
  if (Unavailable* unavailable = std::get_if<Unavailable>(&outcome)) {
    return std::move(inquiry->done)(std::move(*unavailable));
  }
  inquiry->account = std::move(std::get<ReviewedAccount>(outcome));
  const std::string& subject = inquiry->claims.subject;
  if (!subject.empty() && subject != inquiry->account.name.ToUsername()) {
    return inquiry->GiveUp("the API server takes the token for another account's than it says");
  }
  AskForAccount(std::move(inquiry));
}

void ServiceAccountTokenMethod::AskForAccount(InquiryPtr inquiry) {
  ApiServer::Question question{.path = ServiceAccountPath(inquiry->account.name),
                               .max_response_bytes = kMaxServiceAccountBytes};
  Ask(std::move(question), std::move(inquiry), &ServiceAccountTokenMethod::OnAccount);
}

void ServiceAccountTokenMethod::OnAccount(InquiryPtr inquiry, ApiServer::Answer answer) {
  if (!answer) return inquiry->GiveUp(std::move(answer.error().sentence));
  if (answer->status == 404) {
    if (IsNotFound(answer->body.text()))
      return inquiry->Refuse("the token's service account is gone");
    return inquiry->GiveUp("the API server knows no ServiceAccounts");
  }
  const ReviewedAccount& account = inquiry->account;
  ServiceAccountOutcome outcome =
      ReadServiceAccount(answer->body.text(), account.name, account.uid);
  if (Denied* denied = std::get_if<Denied>(&outcome)) {
    return std::move(inquiry->done)(std::move(*denied));
  }
  if (Unavailable* unavailable = std::get_if<Unavailable>(&outcome)) {
    return std::move(inquiry->done)(std::move(*unavailable));
  }
  inquiry->Accept(account.name, std::move(std::get<Attributes>(outcome)));
}

// By the issuer's keys.

void ServiceAccountTokenMethod::Report(WallTime now, Readings* readings) const {
  if (keys_) keys_->Report(now, api_server_ ? api_server_->url() : settings_.issuer, readings);
}

void ServiceAccountTokenMethod::CheckSignature(InquiryPtr inquiry) {
  if (!inquiry->claims.expires_at) return inquiry->Refuse("the token has no end");
  if (!inquiry->claims.audiences) return inquiry->Refuse("the token is for no audience");
  const CompactJws& jws = inquiry->jws;
  const WallTime now = inquiry->now;
  keys_->Check(jws, AlgorithmSet::PublicKey(), now,
               [this, inquiry = std::move(inquiry)](KeySource::Outcome outcome) mutable {
                 OnSignature(std::move(inquiry), std::move(outcome));
               });
}

void ServiceAccountTokenMethod::OnSignature(InquiryPtr inquiry, KeySource::Outcome outcome) {
  if (!outcome) return inquiry->GiveUp(outcome.error().why);
  if (*outcome == SignatureVerdict::kUnknownKey) {
    return inquiry->Refuse("the token is signed by no key of the issuer");
  }
  if (*outcome == SignatureVerdict::kForged) {
    return inquiry->Refuse("the token's signature is wrong");
  }
  if (inquiry->claims.issuer != keys_->issuer()) {
    return inquiry->Refuse("the token is of another issuer");
  }
  const auto claims = ReadKubernetesClaims(inquiry->jws.payload());
  if (!claims) return inquiry->Refuse(claims.error().rule);
  // An issuer may sign other tokens as well: only those of accounts name one, and twice.
  const std::optional<ServiceAccountName> account = claims->account();
  if (!account || inquiry->claims.subject != account->ToUsername()) {
    return inquiry->Refuse("the token is of no service account");
  }
  inquiry->Accept(*account, {});
}

}  // namespace signet::auth
