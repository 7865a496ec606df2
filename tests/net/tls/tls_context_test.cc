// What a TlsContext is made from, and what it says about settings that are wrong.
#include "net/tls/tls_context.h"

#include <gtest/gtest.h>
#include <wolfssl/ssl.h>

#include <tuple>

#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

std::string ErrorOfContext(const TlsServerSettings& settings) {
  const auto context = TlsContext::Create(settings, nullptr, WallClock());
  return context.ok() ? "" : context.error().sentence();
}

using Policy = ::testing::TestWithParam<std::tuple<ClientCertificates, TlsVersion>>;

// Whatever the settings are, and whichever certificate is shown. The library does not tell a
// context's verify mode, but it lets it be seen: in who is let in without a certificate, and with a
// stranger's.
TEST_P(Policy, VerifyModeAndMinimumVersionOfEveryContext) {
  const auto [wanted, version] = GetParam();
  TlsServerSettings settings = ServerSettings();
  settings.identities.push_back(IdentityOf(ServerCa().Issue({.dns = {"b.example"}})));
  settings.client_certificates = wanted;
  settings.client_ca_pem = ServerCa().pem();
  settings.min_version = version;
  const auto context = MakeTls(settings);
  ASSERT_EQ(context->contexts().size(), 2u);
  const TestCertificate stranger = TestCa("Elsewhere").Issue({.use = CertificateUse::kClient});
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(wolfSSL_CTX_get_min_proto_version(context->contexts()[i]),
              version == TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    const auto is_let_in = [&](TlsClientOptions options) {
      options.server_name = i == 0 ? "broker.example" : "b.example";
      return TlsPair(context, options).Run().is_open();
    };
    EXPECT_EQ(is_let_in({}), wanted != ClientCertificates::kRequired);
    EXPECT_EQ(is_let_in({.certificate = stranger}), wanted == ClientCertificates::kNone);
    EXPECT_TRUE(is_let_in({.certificate = ServerCa().Issue({.use = CertificateUse::kClient})}));
    EXPECT_EQ(is_let_in({.max_version = TlsVersion::k12,
                         .certificate = ServerCa().Issue({.use = CertificateUse::kClient})}),
              version == TlsVersion::k12);
  }
}

INSTANTIATE_TEST_SUITE_P(TlsContext, Policy,
                         ::testing::Combine(::testing::Values(ClientCertificates::kNone,
                                                              ClientCertificates::kRequested,
                                                              ClientCertificates::kRequired),
                                            ::testing::Values(TlsVersion::k12, TlsVersion::k13)));

TEST(TlsContextErrors, NoCertificate) { EXPECT_EQ(ErrorOfContext({}), "TLS has no certificate"); }

TEST(TlsContextErrors, ChainThatIsNone) {
  TlsServerSettings settings = ServerSettings();
  settings.identities[0].chain_pem = "hello";
  EXPECT_EQ(ErrorOfContext(settings),
            "the certificate of Secret tls: it holds no certificate in PEM");
  settings.identities[0].chain_pem =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(ErrorOfContext(settings),
            "the certificate of Secret tls: of its certificate 1: it is not an X.509 certificate");
  settings.identities[0].chain_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n";
  EXPECT_EQ(ErrorOfContext(settings),
            "the certificate of Secret tls: its block 1 (CERTIFICATE) has no END line");
  settings.identities[0].chain_pem =
      "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(ErrorOfContext(settings),
            "the certificate of Secret tls: its block 1 (CERTIFICATE) is not Base64");
}

TEST(TlsContextErrors, ChainWithSomethingElseInIt) {
  TlsServerSettings settings = ServerSettings();
  settings.identities[0].chain_pem +=
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(ErrorOfContext(settings),
            "the certificate of Secret tls: of its certificate 2: it is not an X.509 certificate");
}

TEST(TlsContextErrors, KeyOfAnotherCertificate) {
  TlsServerSettings settings = ServerSettings();
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::kEc256, KeyAlgorithm::kEd25519, KeyAlgorithm::kRsa2048}) {
    settings.identities[0].key_pem = *MakeKey(algorithm);
    EXPECT_EQ(ErrorOfContext(settings), "the key of Secret tls does not belong to its certificate");
  }
}

TEST(TlsContextErrors, KeyThatIsNone) {
  TlsServerSettings settings = ServerSettings();
  settings.identities[0].key_pem = SecretBytes("geheim");
  const std::string error = ErrorOfContext(settings);
  EXPECT_EQ(error,
            "the key of Secret tls is not a private key in PEM without a password (RSA, EC or "
            "Ed25519)");
  settings.identities[0].key_pem = SecretBytes();
  EXPECT_EQ(ErrorOfContext(settings), error);
}

TEST(TlsContextErrors, UnknownCiphersAndGroups) {
  TlsServerSettings settings = ServerSettings();
  settings.ciphers = {"TLS_AES_128_GCM_SHA257"};
  EXPECT_EQ(ErrorOfContext(settings),
            "there is no cipher suite TLS_AES_128_GCM_SHA257; did you mean "
            "TLS_AES_128_GCM_SHA256?");
  settings.ciphers.clear();
  settings.groups = {"X25519", "P-255"};
  EXPECT_EQ(ErrorOfContext(settings), "there is no key exchange group P-255; did you mean P-256?");
}

TEST(TlsContextErrors, AlpnThatCannotBe) {
  TlsServerSettings settings = ServerSettings();
  for (const std::string& protocol : {std::string(), std::string(256, 'a'), std::string("a,b")}) {
    settings.alpn = {protocol};
    EXPECT_EQ(ErrorOfContext(settings),
              "an ALPN protocol is 1 to 255 characters, none of them a comma");
  }
}

class ClientCaErrors : public ::testing::Test {
 protected:
  ClientCaErrors() {
    settings_.client_certificates = ClientCertificates::kRequired;
    settings_.client_ca_pem = ca_.pem();
  }

  TestCa ca_{"Device CA"};
  TlsServerSettings settings_ = ServerSettings();
};

TEST_F(ClientCaErrors, EmptyBundle) {
  settings_.client_ca_pem = "";
  EXPECT_EQ(ErrorOfContext(settings_), "the client CA bundle holds no certificate in PEM");
}

TEST_F(ClientCaErrors, LeafInTheBundle) {
  settings_.client_ca_pem += ca_.Issue({.name = "leaf"}).pem;
  EXPECT_EQ(ErrorOfContext(settings_),
            "certificate 2 of the client CA bundle, /CN=leaf, is not a CA's");
}

TEST_F(ClientCaErrors, BrokenCrl) {
  settings_.crls = {"nonsense"};
  EXPECT_EQ(ErrorOfContext(settings_), "CRL 1: it is not an X.509 CRL");
}

TEST_F(ClientCaErrors, CrlOfSomebodyElse) {
  settings_.crls = {TestCa("Other").Revoke({})};
  EXPECT_EQ(ErrorOfContext(settings_), "the issuer of CRL 1 is not in the client CA bundle");
}

TEST_F(ClientCaErrors, CrlWithAWrongSignature) {
  std::string crl = ca_.Revoke({});
  crl.back() = static_cast<char>(crl.back() ^ 1);
  settings_.crls = {crl};
  EXPECT_EQ(ErrorOfContext(settings_), "CRL 1 cannot be used: its signature is wrong");
}

TEST_F(ClientCaErrors, CaWithoutACrlWhereOthersHaveOne) {
  settings_.client_ca_pem += TestCa("Forgotten").pem();
  settings_.crls = {ca_.Revoke({})};
  EXPECT_EQ(ErrorOfContext(settings_),
            "the client CA /CN=Forgotten has no CRL, and others have: all whom it certified would "
            "be refused; add its CRL, or remove all");
}

TEST(TlsContextWarnings, DatesAreNoErrors) {
  TlsServerSettings settings;
  settings.identities = {
      IdentityOf(ServerCa().Issue(
          {.name = "old", .not_before_s = 1'700'000'000, .not_after_s = 1'700'000'000 + kDay})),
      IdentityOf(ServerCa().Issue({.name = "early",
                                   .not_before_s = 4'000'000'000,
                                   .not_after_s = 4'000'000'000 + kDay}),
                 "Secret later")};
  const auto context = MakeTls(settings);
  EXPECT_EQ(context->warnings(),
            (std::vector<std::string>{
                "the certificate /CN=old of Secret tls expired on 2023-11-15",
                "the certificate /CN=early of Secret later is not valid before 2096-10-02"}));
}

TEST(TlsContextWarnings, ChainInTheWrongOrder) {
  TlsServerSettings settings = ServerSettings();
  settings.identities[0].chain_pem += TestCa("Unrelated").pem();
  EXPECT_EQ(MakeTls(settings)->warnings(),
            (std::vector<std::string>{"certificate 2 of Secret tls is not the issuer of the one "
                                      "before it: clients may refuse it"}));
  settings = ServerSettings();
  settings.identities[0].chain_pem += ServerCa().pem();
  EXPECT_TRUE(MakeTls(settings)->warnings().empty());
}

TEST(TlsContextSettings, CompareByValue) {
  TlsServerSettings settings = ServerSettings();
  EXPECT_EQ(settings, ServerSettings());
  settings.identities[0].key_pem = SecretBytes("another");
  EXPECT_NE(settings, ServerSettings());
}

}  // namespace
}  // namespace signet
