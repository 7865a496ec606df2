#include "auth/custom/custom_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "auth/custom/custom_answer.h"
#include "auth/custom/custom_request.h"

namespace signet::auth {
namespace {

Duration ToDuration(uint64_t whole_seconds) { return seconds(static_cast<int64_t>(whole_seconds)); }

std::string UrlOf(std::string_view endpoint) {
  while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
  return fmt::format("{}/?api-version={}", endpoint, kCustomApiVersion);
}

std::shared_ptr<const HttpTrust> TrustOf(const config::CustomSettings& settings) {
  auto trust = std::make_shared<HttpTrust>();
  trust->ca_pem = settings.ca_pem;
  if (settings.client_certificate) {
    trust->client_chain_pem = settings.client_certificate->chain_pem;
    trust->client_key_pem = settings.client_certificate->key_pem;
  }
  trust->max_connections = static_cast<uint32_t>(settings.max_connections);
  return trust;
}

// Whether it says more of the server than of what it was asked. Other statuses do not count for the
// circuit: whoever sends something strange could else cut off the server from all the others.
bool IsInTrouble(uint16_t status) { return status >= 500 || status == 429; }

}  // namespace

// One question, from Verify() until its verdict.
struct CustomMethod::Inquiry {
  const Credentials* credentials;  // Live until `done`.
  Instant until;
  SecretBytes body;
  Done done;
  Instant sent_at;  // The last request.
  uint64_t requests = 0;
  uint64_t retries = 0;     // After failures, with those that were not sent in the end.
  bool has_failed = false;  // The last request.
  bool is_second_version = false;
};

CustomMethod::CustomMethod(config::CustomSettings settings, const MethodContext& context,
                           HttpFetcher* fetcher, uint64_t seed)
    : settings_(std::move(settings)),
      url_(UrlOf(settings_.endpoint)),
      listener_(context.listener),
      clock_(*context.clock),
      pauses_(*context.pauses),
      fetcher_(*fetcher),
      trust_(TrustOf(settings_)),
      circuit_(settings_.circuit_breaker),
      backoff_(seed) {}

void CustomMethod::Verify(const Credentials& credentials, WallTime /*now*/, Done done) {
  if (open_ >= settings_.max_connections + settings_.max_pending_requests) {
    return std::move(done)(
        Unavailable{.why = "too many questions wait for the custom server", .are_busy = true});
  }
  ++open_;
  Send(std::make_unique<Inquiry>(Inquiry{
      .credentials = &credentials,
      .until = clock_.now + ToDuration(settings_.timeout_s),
      .body = CustomRequestBody(credentials, settings_, listener_),
      .done = std::move(done),
  }));
}

void CustomMethod::Send(InquiryPtr inquiry) {
  if (!circuit_.MayAsk(clock_.now)) {
    return GiveUp(std::move(inquiry),
                  fmt::format("it is left alone for a while, after {} failures in a row",
                              circuit_.failures_in_a_row()));
  }
  ++counters_.requests;
  if (std::exchange(inquiry->has_failed, false)) ++counters_.retries;
  ++inquiry->requests;
  inquiry->sent_at = clock_.now;
  HttpRequest request = MakeRequest(*inquiry);
  fetcher_.Fetch(std::move(request), [rope = lifeline_.rope(),
                                      inquiry = std::move(inquiry)](Response response) mutable {
    CustomMethod* self = rope.owner();
    if (self != nullptr) self->OnResponse(std::move(inquiry), std::move(response));
  });
}

HttpRequest CustomMethod::MakeRequest(const Inquiry& inquiry) const {
  HttpRequest request;
  request.verb = HttpRequest::Verb::kPost;
  request.url = url_;
  for (const auto& [name, value] : settings_.headers) request.headers.emplace_back(name, value);
  // Letter by letter: some servers compare the whole value.
  request.headers.emplace_back("Content-Type", SecretBytes("application/json"));
  request.headers.emplace_back("Accept", SecretBytes("application/json"));
  request.body = inquiry.body;
  request.trust = trust_;
  request.timeout = inquiry.until - clock_.now;
  request.connect_timeout = std::min(ToDuration(settings_.connect_timeout_s), request.timeout);
  request.max_response_bytes = kMaxCustomAnswerBytes;
  return request;
}

void CustomMethod::OnResponse(InquiryPtr inquiry, Response response) {
  if (!response && !response.error().was_asked) {
    --counters_.requests;
    return Finish(std::move(inquiry),
                  Unavailable{.why = response.error().sentence, .are_busy = true});
  }
  counters_.latency.Add(clock_.now - inquiry->sent_at);
  if (!response) return OnFailure(std::move(inquiry), response.error().sentence);
  if (IsInTrouble(response->status)) {
    circuit_.Failed(inquiry->sent_at, clock_.now);
  } else {
    circuit_.Answered(clock_.now);
  }
  OnAnswer(std::move(inquiry), *response);
}

void CustomMethod::OnAnswer(InquiryPtr inquiry, const HttpResponse& response) {
  CustomAnswer answer = ReadCustomAnswer(response, *inquiry->credentials, settings_);
  if (auto* pass = std::get_if<CustomPass>(&answer)) {
    return Accept(std::move(inquiry), pass->expiry, std::move(pass->attributes));
  }
  if (auto* denied = std::get_if<Denied>(&answer)) {
    return Finish(std::move(inquiry), std::move(*denied));
  }
  if (auto* unavailable = std::get_if<Unavailable>(&answer)) {
    ++counters_.failures;
    return Finish(std::move(inquiry), std::move(*unavailable));
  }
  if (std::holds_alternative<NotRelevant>(answer)) {
    return Finish(std::move(inquiry), NotRelevant{});
  }
  if (inquiry->is_second_version || clock_.now >= inquiry->until) {
    ++counters_.failures;
    return GiveUp(std::move(inquiry),
                  fmt::format("it answers with status 422, and says that it speaks version {} of "
                              "the API, in which it was asked",
                              kCustomApiVersion));
  }
  inquiry->is_second_version = true;
  Send(std::move(inquiry));
}

// It could not be reached, or not in time: what it was asked may be asked again.
void CustomMethod::OnFailure(InquiryPtr inquiry, std::string_view why) {
  ++counters_.failures;
  circuit_.Failed(inquiry->sent_at, clock_.now);
  const bool may_retry = inquiry->retries < settings_.retries && !circuit_.is_open();
  if (!may_retry) return GiveUp(std::move(inquiry), why);
  inquiry->has_failed = true;
  const Duration pause = backoff_.Before(++inquiry->retries);
  if (clock_.now + pause >= inquiry->until) return GiveUp(std::move(inquiry), why);
  pauses_.After(pause, [rope = lifeline_.rope(), inquiry = std::move(inquiry)]() mutable {
    CustomMethod* self = rope.owner();
    if (self == nullptr) return;
    // The turn may have come late.
    if (self->clock_.now < inquiry->until) return self->Send(std::move(inquiry));
    self->GiveUp(std::move(inquiry), "there was no time to ask again");
  });
}

void CustomMethod::Accept(InquiryPtr inquiry, WallTime expiry, Attributes attributes) {
  if (expiry <= clock_.wall) {
    return Finish(std::move(inquiry),
                  Denied{.rule = "the custom server lets it in until a moment that is past"});
  }
  Principal principal{.username = inquiry->credentials->username.value_or(""),
                      .method = "Custom",
                      .identity = "",
                      .attributes = std::move(attributes),
                      .deadline = expiry};
  Finish(std::move(inquiry), Accepted{.principal = std::move(principal)});
}

void CustomMethod::Report(WallTime /*now*/, Readings* readings) const {
  counters_.ReportTo(readings);
  readings->Add(kServerCircuitOpen, circuit_.is_open() ? 1 : 0);
}

void CustomMethod::GiveUp(InquiryPtr inquiry, std::string_view why) {
  std::string sentence = fmt::format("the custom server: {}", why);
  if (inquiry->requests > 1) sentence += fmt::format(" (asked {} times)", inquiry->requests);
  Finish(std::move(inquiry), Unavailable{.why = std::move(sentence)});
}

void CustomMethod::Finish(InquiryPtr inquiry, Verdict verdict) {
  --open_;
  // `done` may be the last to hold on to this, and to the credentials.
  Done done = std::move(inquiry->done);
  inquiry.reset();
  std::move(done)(std::move(verdict));
}

}  // namespace signet::auth
