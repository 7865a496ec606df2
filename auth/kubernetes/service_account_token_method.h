// ServiceAccountTokenMethod: clients that prove themselves by a service account token of
// Kubernetes.
//
// An MQTT 5 client gives Authentication Method `K8S-SAT` and the token as Authentication Data; a
// client of MQTT 3.1.1 (of 5.0 too, if `username_form` says so) a User Name that begins with
// K8S-SAT and the token as Password. What the token says of itself is looked at first, so that most
// of what is wrong costs the API server nothing. Then
//
//   TokenReview  the API server says whose token it is (token_review.h) and what that account's
//                attributes are (service_account.h); it also knows of pods and accounts that are
//                gone;
//   Offline      the issuer's published keys say that the token is genuine; there are no attributes
//                then, and a token without `exp`, which could not be taken back, is refused.
//
// The Principal has no username: what CONNECT said stands in, and nobody has proven it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt/claims.h"
#include "auth/jwt/key_source.h"
#include "auth/kubernetes/api_server.h"
#include "auth/method.h"
#include "core/config/authentication.h"

namespace signet::auth {

inline constexpr std::string_view kServiceAccountTokenMethod = "K8S-SAT";

// The cluster that the broker runs in, as Kubernetes tells its pods; empty outside of one.
struct ClusterVariables {
  std::string host;  // KUBERNETES_SERVICE_HOST
  std::string port;  // KUBERNETES_SERVICE_PORT
};

// How the API server is reached: what the settings leave open is as Kubernetes mounts it.
ApiServerSettings ToApiServer(const config::ServiceAccountTokenSettings& settings,
                              const ClusterVariables& cluster);

class ServiceAccountTokenMethod : public Method {
 public:
  // By how much the clock of who issued the token may be ahead of ours.
  static constexpr int64_t kNotBeforeLeewayMs = 60'000;

  // `fetcher` outlives this.
  ServiceAccountTokenMethod(config::ServiceAccountTokenSettings settings,
                            const ClusterVariables& cluster, FileReader read_file,
                            HttpFetcher* fetcher);

  std::string_view name() const override { return "ServiceAccountToken"; }
  bool IsRelevant(const Credentials& credentials) const override;
  SecretBytes Evidence(const Credentials& credentials) const override;
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool may_reauthenticate() const override { return true; }
  // Pods and accounts go before their tokens end.
  Duration recheck_interval() const override { return seconds(settings_.recheck_s.value_or(0)); }
  // With validation Offline, of the issuer's keys; of an issuer that is not named, by the URL of
  // the API server.
  void Report(WallTime now, Readings* readings) const override;

 private:
  struct Inquiry;
  using InquiryPtr = std::unique_ptr<Inquiry>;

  bool UsesUsernameForm(const Credentials& credentials) const;
  std::string_view TokenOf(const Credentials& credentials) const;
  // What the token itself says against it.
  std::optional<TokenFlaw> FindFlaw(const Claims& claims, WallTime now) const;

  using OnAnswer = void (ServiceAccountTokenMethod::*)(InquiryPtr inquiry,
                                                       ApiServer::Answer answer);
  void Ask(ApiServer::Question question, InquiryPtr inquiry, OnAnswer on_answer);
  void Review(InquiryPtr inquiry);
  void OnReview(InquiryPtr inquiry, ApiServer::Answer answer);
  void AskForAccount(InquiryPtr inquiry);
  void OnAccount(InquiryPtr inquiry, ApiServer::Answer answer);

  void CheckSignature(InquiryPtr inquiry);
  void OnSignature(InquiryPtr inquiry, KeySource::Outcome outcome);

  const config::ServiceAccountTokenSettings settings_;
  // Null with validation Offline of an issuer that is named: then it is never asked.
  std::unique_ptr<ApiServer> api_server_;
  // Where keys_ gets its documents then; otherwise that is api_server_.
  std::unique_ptr<DocumentSource> issuer_documents_;
  std::optional<KeySource> keys_;
};

}  // namespace signet::auth
