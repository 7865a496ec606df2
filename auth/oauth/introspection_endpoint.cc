#include "auth/oauth/introspection_endpoint.h"

#include <fmt/format.h>

#include <utility>

#include "auth/oauth/introspection_request.h"

namespace signet::auth {
namespace {

// Files that hold a secret often end with a line end, which no client secret has (RFC 6749, A.2).
std::string_view WithoutEndOfLine(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::shared_ptr<const HttpTrust> TrustOf(const config::Introspection& settings) {
  auto trust = std::make_shared<HttpTrust>();
  trust->ca_pem = settings.ca_pem;
  trust->max_connections = IntrospectionEndpoint::kMaxConnections;
  return trust;
}

Denied EndpointRefusal(std::string_view rule) { return {.rule = std::string(rule)}; }

}  // namespace

StatusOr<std::unique_ptr<IntrospectionEndpoint>> IntrospectionEndpoint::Create(
    const config::Introspection& settings, const AuthClock* clock, HttpFetcher* fetcher) {
  const std::string_view secret = WithoutEndOfLine(settings.client_secret_text.text());
  if (secret.empty()) return Status::Error("the client secret for introspection is empty");
  if (!IsOAuthText(secret)) {
    return Status::Error(
        "the client secret for introspection has characters that no client secret "
        "may have: anything but printable ASCII");
  }
  if (!IsOAuthText(settings.client_id)) {
    return Status::Error(
        "the clientId of introspection has characters that no client id may have: "
        "anything but printable ASCII");
  }
  return std::unique_ptr<IntrospectionEndpoint>(new IntrospectionEndpoint(
      settings, BasicAuthorization(settings.client_id, secret), clock, fetcher));
}

IntrospectionEndpoint::IntrospectionEndpoint(const config::Introspection& settings,
                                             SecretBytes authorization, const AuthClock* clock,
                                             HttpFetcher* fetcher)
    : url_(settings.endpoint),
      authorization_(std::move(authorization)),
      trust_(TrustOf(settings)),
      timeout_(seconds(static_cast<int64_t>(settings.timeout_s))),
      clock_(*clock),
      fetcher_(*fetcher) {}

void IntrospectionEndpoint::Ask(std::string_view token, Done done) {
  // What no server can have issued costs none a question.
  if (token.empty()) return std::move(done)(EndpointRefusal("there is no token"));
  if (token.size() > kMaxTokenBytes)
    return std::move(done)(EndpointRefusal("the token is too long"));
  if (!IsOAuthText(token)) {
    return std::move(done)(EndpointRefusal("the token has characters that no access token has"));
  }
  if (open_ >= kMaxOpen) {
    return std::move(done)(
        Unavailable{.why = "too many tokens wait for the introspection endpoint"});
  }
  ++open_;
  ++counters_.requests;
  fetcher_.Fetch(MakeRequest(token), [rope = lifeline_.rope(), asked_at = clock_.now,
                                      done = std::move(done)](Response response) mutable {
    if (IntrospectionEndpoint* self = rope.owner()) {
      self->OnResponse(std::move(response), asked_at, std::move(done));
    }
  });
}

HttpRequest IntrospectionEndpoint::MakeRequest(std::string_view token) const {
  HttpRequest request;
  request.verb = HttpRequest::Verb::kPost;
  request.url = url_;
  request.headers.emplace_back("Content-Type", SecretBytes("application/x-www-form-urlencoded"));
  request.headers.emplace_back("Accept", SecretBytes("application/json"));
  request.headers.emplace_back("Authorization", authorization_);
  request.body = IntrospectionBody(token);
  request.trust = trust_;
  request.timeout = timeout_;
  request.connect_timeout = timeout_;
  request.max_response_bytes = kMaxIntrospectionBytes;
  return request;
}

void IntrospectionEndpoint::OnResponse(Response response, Instant asked_at, Done done) {
  --open_;
  counters_.latency.Add(clock_.now - asked_at);
  IntrospectionAnswer answer =
      response ? ReadIntrospection(*response)
               : Unavailable{.why = fmt::format("the introspection endpoint: {}",
                                                response.error().sentence)};
  if (std::holds_alternative<Unavailable>(answer)) ++counters_.failures;
  // `done` may be the last to hold on to this.
  std::move(done)(std::move(answer));
}

}  // namespace signet::auth
