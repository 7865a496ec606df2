// From the configuration to ports.
#include "tools/broker/port_maker.h"

#include <gtest/gtest.h>

#include "net/tls/issuing_ca.h"

namespace signet {
namespace {

constexpr int64_t kNow_s = 1'800'000'000;

class NoLog : public LogSink {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

// Keeps the names that it was asked for.
class FakeCertificates : public CertificateSource {
 public:
  StatusOr<TlsIdentity> Issue(std::string_view, const config::CertificateSettings& settings,
                              int64_t now_s) override {
    dns = settings.san.dns;
    const auto ca = IssuingCa::Create(now_s);
    if (!ca.ok()) return ca.error();
    auto issued = ca->Issue({.dns = dns}, /*previous=*/nullptr, now_s);
    if (!issued.ok()) return issued.error();
    return TlsIdentity{.name = "issued",
                       .chain_pem = std::move(issued->chain_pem),
                       .key_pem = std::move(issued->key_pem)};
  }

  std::vector<std::string> dns;
};

std::vector<std::string> NamesFor(std::vector<std::string> san) {
  config::Configuration configuration;
  config::ResolvedPort& port = configuration.ports.emplace_back();
  port.name = "plant/8883";
  port.service_name = "aio-broker";
  port.tls.emplace().automatic.emplace().san.dns = std::move(san);
  FakeCertificates certificates;
  NoLog log;
  EXPECT_TRUE(PortMaker(&certificates, &log).Make(configuration, kNow_s, Instant()).ok());
  return certificates.dns;
}

TEST(PortMaker, HasItsServiceNameInTheCertificateThatIsIssued) {
  EXPECT_EQ(NamesFor({}), std::vector<std::string>{"aio-broker"});
  EXPECT_EQ(NamesFor({"edge"}), (std::vector<std::string>{"edge", "aio-broker"}));
  EXPECT_EQ(NamesFor({"aio-broker"}), std::vector<std::string>{"aio-broker"});
}

// On a reload the old ones stay, then.
TEST(PortMaker, RefusesSecretsOfTokensThatCannotBeUsed) {
  config::Configuration configuration;
  config::ResolvedPort& port = configuration.ports.emplace_back();
  port.name = "plant/1883";
  port.settings.port = 0;
  port.settings.address = "127.0.0.1";
  port.settings.authentication.name = "tokens";
  config::AuthenticationMethod& method =
      configuration.authentications["tokens"].methods.emplace_back();
  method.name = config::AuthenticationMethodName::kJwt;
  method.jwt.emplace().algorithms = {config::JwtAlgorithm::kHs256};
  config::JwtIssuer& issuer = method.jwt->issuers.emplace_back();
  issuer.issuer = "https://issuer.example";
  FakeCertificates certificates;
  NoLog log;
  const auto make = [&](size_t bytes) {
    issuer.hmac_secrets = {{"first", SecretBytes(std::string(bytes, 's'))}};
    const auto made = PortMaker(&certificates, &log).Make(configuration, kNow_s, Instant());
    return made.ok() ? "" : made.error().sentence();
  };
  EXPECT_EQ(make(32), "");
  EXPECT_NE(make(31).find("has fewer than 32 bytes"), std::string::npos) << make(31);
}

TEST(PortMaker, RefusesUsersThatCannotBeRead) {
  config::Configuration configuration;
  config::ResolvedPort& port = configuration.ports.emplace_back();
  port.name = "plant/1883";
  port.settings.port = 0;
  port.settings.address = "127.0.0.1";
  port.settings.authentication.name = "people";
  config::BrokerAuthentication& people = configuration.authentications["people"];
  people.name = "people";
  config::AuthenticationMethod& method = people.methods.emplace_back();
  method.name = config::AuthenticationMethodName::kPassword;
  method.password.emplace().users_file.name = "users.txt";
  FakeCertificates certificates;
  NoLog log;
  const auto make = [&](std::string_view users) {
    method.password->users = SecretBytes(users);
    const auto made = PortMaker(&certificates, &log).Make(configuration, kNow_s, Instant());
    return made.ok() ? "" : made.error().sentence();
  };
  EXPECT_EQ(make("# nobody yet\n"), "");
  EXPECT_EQ(
      make("#\nann:hunter2\n"),
      "port plant/1883: the users of BrokerAuthentication people (users.txt): line 2: the hash "
      "is of no form that is known: $7$, $6$ or $scram-sha-256$");
}

}  // namespace
}  // namespace signet
