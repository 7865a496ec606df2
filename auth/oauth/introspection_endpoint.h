// IntrospectionEndpoint: an authorization server that is asked whether a token is active (RFC
// 7662), over HTTPS and as the client that it knows the broker as. Each question is asked once: who
// gets no verdict may come again. What equal questions cost, and for how long an answer holds, is
// the affair of the Judge. Lives on the auth shard and is used on its thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "auth/auth_clock.h"
#include "auth/lifeline.h"
#include "auth/oauth/introspection_answer.h"
#include "auth/readings.h"
#include "auth/server_counters.h"
#include "core/access/http_fetcher.h"
#include "core/base/status.h"
#include "core/config/jwt.h"

namespace signet::auth {

class IntrospectionEndpoint {
 public:
  // So many connections; further questions wait, within their timeout.
  static constexpr uint32_t kMaxConnections = 32;
  // How many questions may be open, on their way or waiting; one more has no verdict.
  static constexpr size_t kMaxOpen = 4096;
  // A longer one is no token that anybody has issued, and is not asked about.
  static constexpr size_t kMaxTokenBytes = 64 * 1024;

  using Done = absl::AnyInvocable<void(IntrospectionAnswer) &&>;

  // The sentence says what in the settings cannot be used. `clock` and `fetcher` outlive this.
  static StatusOr<std::unique_ptr<IntrospectionEndpoint>> Create(
      const config::Introspection& settings, const AuthClock* clock, HttpFetcher* fetcher);

  // Runs `done` once, within the call or later, unless this object dies first. Of `token` nothing
  // is kept beyond the question.
  void Ask(std::string_view token, Done done);

  void Report(Readings* readings) const { counters_.ReportTo(readings); }

 private:
  using Response = Expected<HttpResponse, HttpFailure>;

  IntrospectionEndpoint(const config::Introspection& settings, SecretBytes authorization,
                        const AuthClock* clock, HttpFetcher* fetcher);
  HttpRequest MakeRequest(std::string_view token) const;
  void OnResponse(Response response, Instant asked_at, Done done);

  const std::string url_;
  const SecretBytes authorization_;
  const std::shared_ptr<const HttpTrust> trust_;
  const Duration timeout_;
  const AuthClock& clock_;
  HttpFetcher& fetcher_;
  size_t open_ = 0;  // Questions without an answer.
  ServerCounters counters_;
  Lifeline<IntrospectionEndpoint> lifeline_{this};
};

}  // namespace signet::auth
