// Handshakes that come to an end: versions, keys, groups and ciphers; who is shown and who is
// answered.
#include <gtest/gtest.h>
#include <wolfssl/error-ssl.h>

#include <tuple>

#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

using Matrix = ::testing::TestWithParam<std::tuple<TlsVersion, KeyAlgorithm, const char*>>;

TEST_P(Matrix, HandshakeAndBothWays) {
  const auto [version, algorithm, group] = GetParam();
  TlsClientOptions options{.max_version = version, .groups = group};
  TlsPair pair(MakeTls(ServerSettings(algorithm)), options);
  pair.Run();
  ASSERT_TRUE(pair.is_open()) << pair.server.status().sentence() << pair.client.error();
  EXPECT_EQ(pair.server.session().version, version);
  EXPECT_FALSE(pair.server.session().cipher.empty());
  EXPECT_EQ(pair.server.session().group,
            std::string_view(group) == "X25519" ? "X25519" : "SECP256R1");
  EXPECT_FALSE(pair.server.session().resumed);
  pair.client.Write("from client");
  pair.server.Send("from server");
  pair.Run();
  EXPECT_EQ(pair.server.sink().received, "from client");
  EXPECT_EQ(pair.client.received(), "from server");
}

INSTANTIATE_TEST_SUITE_P(
    Tls, Matrix,
    ::testing::Combine(::testing::Values(TlsVersion::k12, TlsVersion::k13),
                       ::testing::Values(KeyAlgorithm::kEc256, KeyAlgorithm::kEc384,
                                         KeyAlgorithm::kEc521, KeyAlgorithm::kEd25519,
                                         KeyAlgorithm::kRsa2048, KeyAlgorithm::kRsa4096),
                       ::testing::Values("X25519", "P-256")));

class Handshake : public ::testing::TestWithParam<TlsVersion> {
 protected:
  TlsClientOptions Options() const { return {.max_version = GetParam()}; }
};

INSTANTIATE_TEST_SUITE_P(Tls, Handshake, ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(Handshake, TakesEachCipherOfTheDefaults) {
  const auto ec = MakeTls(ServerSettings());
  const auto rsa = MakeTls(ServerSettings(KeyAlgorithm::kRsa2048));
  int taken = 0;
  std::string_view list = kDefaultTlsCiphers;
  while (!list.empty()) {
    const std::string cipher(list.substr(0, list.find(':')));
    list.remove_prefix(std::min(cipher.size() + 1, list.size()));
    if (cipher.starts_with("TLS_") != (GetParam() == TlsVersion::k13)) continue;
    TlsClientOptions options = Options();
    options.ciphers = cipher;
    const bool is_rsa = cipher.find("RSA") != cipher.npos;
    TlsPair pair(is_rsa && cipher.find("ECDSA") == cipher.npos ? rsa : ec, options);
    pair.Run();
    EXPECT_TRUE(pair.is_open()) << cipher << pair.server.status().sentence();
    EXPECT_TRUE(pair.server.session().cipher.starts_with("TLS_")) << pair.server.session().cipher;
    ++taken;
  }
  EXPECT_EQ(taken, GetParam() == TlsVersion::k13 ? 3 : 6);
}

TEST_P(Handshake, RefusesCiphersThatAreNotListed) {
  TlsServerSettings settings = ServerSettings();
  settings.ciphers = {"TLS_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"};
  const auto context = MakeTls(settings);
  TlsClientOptions options = Options();
  options.ciphers =
      GetParam() == TlsVersion::k13 ? "TLS_AES_128_GCM_SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256";
  TlsPair pair(context, options);
  pair.Run();
  EXPECT_EQ(pair.server.status().sentence(),
            "TLS handshake failed: the client offers no cipher suite that this port accepts for "
            "its certificate");
  EXPECT_NE(pair.client.error(), 0);
  options.ciphers = "";
  EXPECT_TRUE(TlsPair(context, options).Run().is_open());
}

// CBC, and whatever else was once thought good.
TEST(HandshakeTls12, RefusesOldCiphersByDefault) {
  for (const char* cipher : {"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384"}) {
    TlsPair pair(MakeTls(ServerSettings()), {.max_version = TlsVersion::k12, .ciphers = cipher});
    EXPECT_FALSE(pair.Run().is_open()) << cipher;
  }
}

TEST_P(Handshake, TakesOnlyTheGroupsThatAreListed) {
  TlsServerSettings settings = ServerSettings();
  settings.groups = {"P-384"};
  const auto context = MakeTls(settings);
  TlsClientOptions options = Options();
  TlsPair both(context, options);
  ASSERT_TRUE(both.Run().is_open()) << both.server.status().sentence();
  EXPECT_EQ(both.server.session().group, "SECP384R1");
  options.groups = "X25519";
  EXPECT_FALSE(TlsPair(context, options).Run().is_open());
}

TEST(HandshakeTls12, IsRefusedWhere13IsTheMinimum) {
  TlsServerSettings settings = ServerSettings();
  settings.min_version = TlsVersion::k13;
  TlsPair pair(MakeTls(settings), {.max_version = TlsVersion::k12});
  pair.Run();
  EXPECT_EQ(pair.server.status().sentence(),
            "TLS handshake failed: the client speaks no version of TLS that this port accepts");
  EXPECT_NE(pair.client.error(), 0);
  EXPECT_TRUE(TlsPair(MakeTls(settings)).Run().is_open());
}

TEST_P(Handshake, ShowsTheCertificateForTheServerName) {
  TlsServerSettings settings = ServerSettings();
  const auto add = [&](const std::string& name, std::vector<std::string> dns, KeyAlgorithm key) {
    settings.identities.push_back(
        IdentityOf(ServerCa().Issue({.name = name, .dns = std::move(dns), .algorithm = key})));
  };
  add("rsa", {"rsa.example", "Upper.Example"}, KeyAlgorithm::kRsa2048);
  add("wild", {"*.plant.example"}, KeyAlgorithm::kEc384);
  add("exact", {"line7.plant.example"}, KeyAlgorithm::kEd25519);
  add("late", {"rsa.example"}, KeyAlgorithm::kEc256);
  const auto context = MakeTls(settings);
  const std::pair<const char*, const char*> cases[] = {
      {"", "broker"},
      {"broker.example", "broker"},
      {"unknown.example", "broker"},
      {"rsa.example", "rsa"},
      {"RSA.Example", "rsa"},
      {"upper.example", "rsa"},
      {"line1.plant.example", "wild"},
      {"line7.plant.example", "exact"},
      {"a.line1.plant.example", "broker"},  // An asterisk stands for one label.
      {"plant.example", "broker"},
      {".plant.example", "broker"},
  };
  for (const auto& [name, expected] : cases) {
    TlsClientOptions options = Options();
    options.server_name = name;
    TlsPair pair(context, options);
    pair.Run();
    ASSERT_TRUE(pair.is_open()) << name << pair.server.status().sentence();
    EXPECT_EQ(pair.client.ServerSubject(), expected) << name;
  }
}

TEST_P(Handshake, TellsTheServerName) {
  TlsClientOptions options = Options();
  options.server_name = "Broker.Example";
  TlsPair pair(MakeTls(ServerSettings()), options);
  pair.Run();
  EXPECT_EQ(pair.server.session().server_name, "broker.example");
  options.server_name = "evil\n\x1b[31m";
  TlsPair evil(MakeTls(ServerSettings()), options);
  evil.Run();
  EXPECT_EQ(evil.server.session().server_name, "");
}

TEST_P(Handshake, AgreesOnAProtocol) {
  TlsServerSettings settings = ServerSettings();
  settings.alpn = {"mqtt"};
  const auto context = MakeTls(settings);
  for (const char* offer : {"mqtt", "h2,mqtt", "mqtt,h2"}) {
    TlsClientOptions options = Options();
    options.alpn = offer;
    TlsPair pair(context, options);
    ASSERT_TRUE(pair.Run().is_open()) << pair.server.status().sentence();
    EXPECT_EQ(pair.server.session().alpn, "mqtt");
    EXPECT_EQ(pair.client.protocol(), "mqtt");
  }
}

TEST_P(Handshake, LetsInWhoOffersNoProtocol) {
  TlsServerSettings settings = ServerSettings();
  settings.alpn = {"mqtt"};
  TlsPair pair(MakeTls(settings), Options());
  ASSERT_TRUE(pair.Run().is_open());
  EXPECT_EQ(pair.server.session().alpn, "");
}

// RFC 7301, 3.2: no_application_protocol, which is 120.
TEST_P(Handshake, RefusesWhoOffersOnlyOtherProtocols) {
  TlsServerSettings settings = ServerSettings();
  settings.alpn = {"mqtt"};
  TlsClientOptions options = Options();
  options.alpn = "h2,http/1.1";
  TlsPair pair(MakeTls(settings), options);
  pair.server.Feed(AsBytes(pair.client.TakeOutput()));
  EXPECT_EQ(pair.server.status().sentence(),
            "TLS handshake failed: the client offers by ALPN none of this port's protocols");
  EXPECT_EQ(pair.server.TakeOutput(), "\x15\x03\x03" + std::string("\0\x02\x02\x78", 4));
}

TEST_P(Handshake, IgnoresAlpnWhereNoProtocolIsSet) {
  TlsClientOptions options = Options();
  options.alpn = "h2";
  TlsPair pair(MakeTls(ServerSettings()), options);
  EXPECT_TRUE(pair.Run().is_open());
  EXPECT_EQ(pair.server.session().alpn, "");
}

TEST_P(Handshake, SaysWhyTheClientRefuses) {
  TlsClientOptions options = Options();
  options.ca_pem = TestCa("Not yours").pem();
  TlsPair pair(MakeTls(ServerSettings()), options);
  pair.Run();
  EXPECT_EQ(pair.server.status().sentence().find(
                "TLS handshake failed: the client refused with the alert `"),
            0u)
      << pair.server.status().sentence();
}

// A client that guesses the wrong group is asked again (RFC 8446, 4.1.4).
TEST(HandshakeTls13, AsksAgainForAnotherGroup) {
  TlsServerSettings settings = ServerSettings();
  settings.groups = {"P-521"};
  TlsPair pair(MakeTls(settings));
  ASSERT_TRUE(pair.Run().is_open()) << pair.server.status().sentence();
  EXPECT_EQ(pair.server.session().group, "SECP521R1");
}

}  // namespace
}  // namespace signet
