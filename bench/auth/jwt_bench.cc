// What a login by a JSON Web Token costs the auth shard, whose issuer's keys it has: the whole of
// it, from the question to the grant, and the token alone. Verdicts are not remembered here, so
// that each login is the first one of its token.
#include <benchmark/benchmark.h>

#include <initializer_list>
#include <memory>
#include <string>

#include "auth/auth_shard.h"
#include "auth/oauth/jwt_method.h"
#include "core/base/check.h"
#include "tests/auth/support/scripted_fetcher.h"
#include "tests/auth/support/signing_key.h"
#include "tests/auth/support/text_file.h"

namespace signet {
namespace {

using auth::AuthShard;

constexpr auth::AuthClock kStart{.now = Instant(seconds(1000)),
                                 .wall = WallTime::FromSeconds(1'900'000'000)};
constexpr ShardId kShard{0};
constexpr PortId kPort{0};
constexpr std::string_view kSecret = "a secret of more than thirty-two bytes";
// What the tokens of the vectors say, which HS256 is not among.
constexpr std::string_view kClaims =
    R"({"iss":"https://issuer.example","sub":"pump-7","aud":["plant"],"exp":4102444800,)"
    R"("nbf":1700000000,"iat":1700000000})";

class SilentLog : public LogSink {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

config::JwtSettings Settings() {
  config::JwtSettings settings;
  for (auto each = config::JwtAlgorithm::kHs256; each <= config::JwtAlgorithm::kEdDsa;
       each = static_cast<config::JwtAlgorithm>(static_cast<uint8_t>(each) + 1)) {
    settings.algorithms.push_back(each);
  }
  config::JwtIssuer issuer;
  issuer.issuer = "https://issuer.example";
  issuer.audiences = {"plant"};
  issuer.jwks_uri = "https://issuer.example/keys";
  issuer.hmac_secrets = {{"first", SecretBytes(kSecret)}};
  settings.issuers.push_back(std::move(issuer));
  return settings;
}

std::string TokenOf(const std::string& algorithm) {
  if (algorithm == "HS256") {
    return auth::HmacToken(kSecret, R"({"alg":"HS256","typ":"JWT","kid":"first"})", kClaims);
  }
  return auth::ReadNamedLines(SIGNET_JWT_VECTORS "/good.txt").at(algorithm);
}

Credentials CredentialsWith(std::string_view token) {
  Credentials credentials{.client_id = "pump-7", .peer = "192.0.2.1:40000"};
  credentials.authentication_method = "JWT";
  credentials.authentication_data = SecretBytes(token);
  return credentials;
}

void AnswerKeys(auth::ScriptedFetcher* fetcher) {
  if (fetcher->open() == 0) return;  // HS256 has asked for none.
  fetcher->Answer(200, auth::ReadTextFile(SIGNET_JWT_VECTORS "/jwks.json"));
}

std::unique_ptr<auth::JwtMethod> MakeMethod(auth::ScriptedFetcher* fetcher) {
  auto method =
      auth::JwtMethod::Create(Settings(), {.listener = "bench", .clock = &kStart}, fetcher);
  CHECK(method.ok());
  return std::move(*method);
}

// The method alone: is it relevant, is it genuine, who is it?
void BM_Verify(benchmark::State& state, const std::string& algorithm) {
  auth::ScriptedFetcher fetcher;
  const auto method = MakeMethod(&fetcher);
  const Credentials credentials = CredentialsWith(TokenOf(algorithm));
  int64_t accepted = 0;
  const auto verify = [&] {
    CHECK(method->IsRelevant(credentials));
    method->Verify(credentials, kStart.wall, [&](const auth::Verdict& verdict) {
      accepted += std::holds_alternative<auth::Accepted>(verdict) ? 1 : 0;
    });
  };
  verify();
  AnswerKeys(&fetcher);
  for (auto _ : state) verify();
  CHECK(accepted == state.iterations() + 1);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_Verify, HS256, "HS256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Verify, RS256, "RS256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Verify, PS256, "PS256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Verify, ES256, "ES256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Verify, ES384, "ES384")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Verify, EdDSA, "EdDSA")->Unit(benchmark::kMicrosecond);

// A client comes, and goes.
void BM_Login(benchmark::State& state, const std::string& algorithm) {
  SilentLog log;
  auth::ScriptedFetcher fetcher;
  const auto one_method = [&](const config::BrokerAuthentication&, const auth::MethodContext&) {
    std::vector<std::unique_ptr<auth::Method>> methods;
    methods.push_back(MakeMethod(&fetcher));
    return methods;
  };
  AuthShard shard({.make_methods = one_method,
                   .cache = {.accepted_age = Duration::zero()},
                   .hash_key = {1},
                   .log = &log,
                   .start = kStart});
  shard.SetPort(kPort, "front", std::make_shared<config::BrokerAuthentication>());
  const std::string token = TokenOf(algorithm);
  const auto log_in = [&] {
    shard.BeginTurn(kStart.now, kStart.wall);
    shard.Take(kShard, AuthQuestion{.client = {.slot = 1, .generation = 1},
                                    .port = kPort,
                                    .credentials = CredentialsWith(token)});
    shard.EndTurn();
    AnswerKeys(&fetcher);
    const MailFromAuth mail = shard.outgoing(kShard).Pop();
    const auto& proven = std::get<Authenticated>(std::get<AuthAnswer>(mail).outcome);
    shard.Take(kShard, GrantReturned{.grant = proven.principal.grant});
  };
  log_in();
  for (auto _ : state) log_in();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(BM_Login, HS256, "HS256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Login, ES256, "ES256")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Login, EdDSA, "EdDSA")->Unit(benchmark::kMicrosecond);

// A token by a key that nobody has, while nobody is asked for it.
void BM_UnknownKey(benchmark::State& state) {
  auth::ScriptedFetcher fetcher;
  const auto method = MakeMethod(&fetcher);
  const Credentials credentials =
      CredentialsWith(auth::UnsignedToken(R"({"alg":"ES256","kid":"nobody's"})", kClaims));
  int64_t refused = 0;
  const auto verify = [&] {
    method->Verify(credentials, kStart.wall, [&](const auth::Verdict& verdict) {
      refused += std::holds_alternative<auth::Denied>(verdict) ? 1 : 0;
    });
  };
  verify();
  AnswerKeys(&fetcher);
  for (auto _ : state) verify();
  CHECK(refused == state.iterations() + 1 && fetcher.requests().size() == 1);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_UnknownKey)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace signet
