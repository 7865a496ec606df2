// CustomMethod: an HTTPS server of somebody else decides, by the custom authentication API of Azure
// IoT Operations, version 0.5.0. Whatever is presented is its to judge. Where it gives no verdict,
// because it cannot be reached or does not answer as it should, the next method is asked.
//
// Within timeoutSeconds of a question the server is asked, and asked again if it could not be
// reached, after a pause each time. How many questions may be open is bounded, and a server that
// fails again and again is left alone for a while (circuit.h). Connections are those of one
// HttpTrust. Each question is asked for itself: nothing is remembered, as the API has no word on
// for how long an answer holds.
//
// The Principal has the username of CONNECT, and what the answer gives it: attributes and an end.
// The API names nobody, so that a re-authentication cannot be held against who it was: the server
// alone decides, and its new attributes and end replace the old ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/custom/backoff.h"
#include "auth/custom/circuit.h"
#include "auth/lifeline.h"
#include "auth/method.h"
#include "auth/method_context.h"
#include "auth/server_counters.h"
#include "core/access/http_fetcher.h"
#include "core/config/authentication.h"

namespace signet::auth {

class CustomMethod : public Method {
 public:
  // `fetcher` outlives this. `seed` is random.
  CustomMethod(config::CustomSettings settings, const MethodContext& context, HttpFetcher* fetcher,
               uint64_t seed);

  std::string_view name() const override { return "Custom"; }
  bool IsRelevant(const Credentials&) const override { return true; }
  SecretBytes Evidence(const Credentials&) const override { return {}; }
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool yields_when_unavailable() const override { return true; }
  bool may_reauthenticate() const override { return true; }
  void Report(WallTime now, Readings* readings) const override;

 private:
  struct Inquiry;
  using InquiryPtr = std::unique_ptr<Inquiry>;
  using Response = Expected<HttpResponse, HttpFailure>;

  void Send(InquiryPtr inquiry);
  HttpRequest MakeRequest(const Inquiry& inquiry) const;
  void OnResponse(InquiryPtr inquiry, Response response);
  void OnAnswer(InquiryPtr inquiry, const HttpResponse& response);
  void OnFailure(InquiryPtr inquiry, std::string_view why);
  void Accept(InquiryPtr inquiry, WallTime expiry, Attributes attributes);
  void GiveUp(InquiryPtr inquiry, std::string_view why);
  void Finish(InquiryPtr inquiry, Verdict verdict);

  const config::CustomSettings settings_;
  const std::string url_;
  const std::string listener_;
  const AuthClock& clock_;
  Pauses& pauses_;
  HttpFetcher& fetcher_;
  const std::shared_ptr<const HttpTrust> trust_;
  Circuit circuit_;
  Backoff backoff_;
  uint64_t open_ = 0;  // Questions without a verdict.
  ServerCounters counters_;
  Lifeline<CustomMethod> lifeline_{this};
};

}  // namespace signet::auth
