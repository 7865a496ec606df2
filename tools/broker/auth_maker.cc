#include "tools/broker/auth_maker.h"

#include <sys/random.h>

#include <array>
#include <bit>
#include <cstdlib>

#include "auth/auth_shard.h"
#include "auth/custom/custom_method.h"
#include "auth/kubernetes/service_account_token_method.h"
#include "auth/locked_method.h"
#include "auth/method_context.h"
#include "auth/oauth/jwt_method.h"
#include "auth/password/password_method.h"
#include "auth/x509/x509_method.h"
#include "core/base/check.h"
#include "core/config/reader.h"
#include "tools/broker/whole_file.h"

namespace signet {
namespace {

std::string_view NameOf(config::AuthenticationMethodName name) {
  switch (name) {
    case config::AuthenticationMethodName::kCustom:
      return "Custom";
    case config::AuthenticationMethodName::kServiceAccountToken:
      return "ServiceAccountToken";
    case config::AuthenticationMethodName::kX509:
      return "X509";
    case config::AuthenticationMethodName::kJwt:
      return "JWT";
    case config::AuthenticationMethodName::kPassword:
      return "Password";
  }
  UNREACHABLE();
}

// What cannot be used locks its method: nobody comes in by it, and the log says why.
std::unique_ptr<auth::Method> MakeX509(const config::X509Settings& settings, LogSink& log) {
  std::vector<std::string> warnings;
  auto method = auth::X509Method::Create(settings, &warnings);
  for (const std::string& warning : warnings) {
    log.Write(LogLevel::kWarning, "client certificates", {{"what", warning}});
  }
  if (method.ok()) return std::move(*method);
  log.Write(LogLevel::kError, "nobody can come in by X509", {{"why", method.error().sentence()}});
  return nullptr;
}

std::string Variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody here changes the environment.
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::unique_ptr<auth::Method> MakeServiceAccountToken(
    const config::ServiceAccountTokenSettings& settings, HttpFetcher* http) {
  return std::make_unique<auth::ServiceAccountTokenMethod>(
      settings,
      auth::ClusterVariables{.host = Variable("KUBERNETES_SERVICE_HOST"),
                             .port = Variable("KUBERNETES_SERVICE_PORT")},
      [](const std::string& path) { return ReadWhole(path, config::kMaxValueBytes); }, http);
}

void FillRandom(MutableBytes bytes) {
  // So little comes whole, or not at all before the kernel has a seed.
  while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
}

uint64_t RandomSeed() {
  std::array<uint8_t, sizeof(uint64_t)> bytes;
  FillRandom(bytes);
  return std::bit_cast<uint64_t>(bytes);
}

template <typename Key>
Key RandomKey() {
  Key key;
  FillRandom(key);
  return key;
}

std::unique_ptr<auth::Method> MakeJwt(const config::JwtSettings& settings,
                                      const auth::MethodContext& context,
                                      const AuthDeskSetup& setup) {
  auto method = auth::JwtMethod::Create(settings, context, setup.http);
  if (method.ok()) return std::move(*method);
  setup.log->Write(LogLevel::kError, "nobody can come in by JWT",
                   {{"why", method.error().sentence()}});
  return nullptr;
}

std::unique_ptr<auth::Method> MakePassword(const config::PasswordSettings& settings,
                                           const auth::MethodContext& context,
                                           const AuthDeskSetup& setup) {
  // For as long as the broker runs: what reloads did not change would show who exists.
  static const uint64_t seed = RandomSeed();
  static const auth::ScramDecoys::Key decoy_key = RandomKey<auth::ScramDecoys::Key>();
  auto method = auth::PasswordMethod::Create(settings, context, setup.worker, seed,
                                             {.fill = FillRandom, .decoy_key = decoy_key});
  if (method.ok()) return std::move(*method);
  setup.log->Write(LogLevel::kError, "nobody can come in by Password",
                   {{"why", method.error().sentence()}});
  return nullptr;
}

std::unique_ptr<auth::Method> MakeMethod(const config::AuthenticationMethod& settings,
                                         const auth::MethodContext& context,
                                         const AuthDeskSetup& setup) {
  std::unique_ptr<auth::Method> method;
  if (settings.custom) {
    method =
        std::make_unique<auth::CustomMethod>(*settings.custom, context, setup.http, RandomSeed());
  }
  if (settings.x509) method = MakeX509(*settings.x509, *setup.log);
  if (settings.service_account_token) {
    method = MakeServiceAccountToken(*settings.service_account_token, setup.http);
  }
  if (settings.jwt) method = MakeJwt(*settings.jwt, context, setup);
  if (settings.password) method = MakePassword(*settings.password, context, setup);
  if (method != nullptr) return method;
  return std::make_unique<auth::LockedMethod>(std::string(NameOf(settings.name)));
}

std::vector<std::unique_ptr<auth::Method>> MakeMethods(const config::BrokerAuthentication& settings,
                                                       const auth::MethodContext& context,
                                                       const AuthDeskSetup& setup) {
  std::vector<std::unique_ptr<auth::Method>> methods;
  for (const config::AuthenticationMethod& each : settings.methods) {
    methods.push_back(MakeMethod(each, context, setup));
  }
  return methods;
}

}  // namespace

auth::AuthReport ReportOf(AuthDesk& desk) { return static_cast<auth::AuthShard&>(desk).Report(); }

MakeAuthDesk MakeAuth() {
  return [](const AuthDeskSetup& setup) -> std::unique_ptr<AuthDesk> {
    return std::make_unique<auth::AuthShard>(auth::AuthShard::Setup{
        .shards = setup.shards,
        .make_methods = [setup](
                            const auto& settings,
                            const auto& context) { return MakeMethods(settings, context, setup); },
        .hash_key = RandomKey<auth::VerdictCache::HashKey>(),
        .log = setup.log,
        .start = {.now = setup.now, .wall = setup.wall}});
  };
}

}  // namespace signet
