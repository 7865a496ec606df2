// Client certificates: none, requested, required; from whom they are believed; revoked and expired
// ones.
#include <gtest/gtest.h>

#include "core/base/pem.h"
#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

const TestCa& DeviceCa() {
  static const TestCa ca("Device CA");
  return ca;
}

TestCertificate Device(const LeafOptions& options = {.use = CertificateUse::kClient,
                                                     .name = "device-1"}) {
  return DeviceCa().Issue(options);
}

TlsServerSettings Taking(ClientCertificates wanted) {
  TlsServerSettings settings = ServerSettings();
  settings.client_certificates = wanted;
  settings.client_ca_pem = DeviceCa().pem();
  return settings;
}

class ClientCertificate : public ::testing::TestWithParam<TlsVersion> {
 protected:
  // What the log says about a client that is refused.
  std::string Refusal(const TlsServerSettings& settings, const TestCertificate& certificate) {
    TlsPair pair(MakeTls(settings), {.max_version = GetParam(), .certificate = certificate});
    pair.Run();
    EXPECT_FALSE(pair.server.is_open());
    EXPECT_NE(pair.client.error(), 0);  // An alert reached it.
    return pair.server.status().sentence();
  }
};

INSTANTIATE_TEST_SUITE_P(Tls, ClientCertificate,
                         ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(ClientCertificate, IsGivenAsDerLeafFirst) {
  const TestCa intermediate("Line 7", DeviceCa());
  TestCertificate device = intermediate.Issue({.use = CertificateUse::kClient, .name = "d"});
  device.pem += intermediate.pem();
  TlsPair pair(MakeTls(Taking(ClientCertificates::kRequired)),
               {.max_version = GetParam(), .certificate = device});
  pair.Run();
  ASSERT_TRUE(pair.is_open()) << pair.server.status().sentence();
  const std::vector<PemBlock> sent = *ParsePem(device.pem);
  const SharedChain chain = pair.server.transport().TakePeerChain();
  ASSERT_NE(chain, nullptr);
  ASSERT_EQ(chain->size(), 2u);
  EXPECT_EQ(chain->at(0), sent[0].der);
  EXPECT_EQ(chain->at(1), sent[1].der);
  EXPECT_TRUE(pair.server.session().peer_chain.empty());
}

TEST_P(ClientCertificate, IsNotAskedForUnlessWanted) {
  TlsPair pair(MakeTls(ServerSettings()), {.max_version = GetParam(), .certificate = Device()});
  pair.Run();
  ASSERT_TRUE(pair.is_open());
  EXPECT_TRUE(pair.server.session().peer_chain.empty());
}

TEST_P(ClientCertificate, MayBeLackingWhereItIsRequested) {
  TlsPair without(MakeTls(Taking(ClientCertificates::kRequested)), {.max_version = GetParam()});
  without.Run();
  ASSERT_TRUE(without.is_open()) << without.server.status().sentence();
  EXPECT_TRUE(without.server.session().peer_chain.empty());
  TlsPair with(MakeTls(Taking(ClientCertificates::kRequested)),
               {.max_version = GetParam(), .certificate = Device()});
  with.Run();
  ASSERT_TRUE(with.is_open());
  EXPECT_EQ(with.server.session().peer_chain.size(), 1u);
}

TEST_P(ClientCertificate, MustNotBeLackingWhereItIsRequired) {
  EXPECT_EQ(Refusal(Taking(ClientCertificates::kRequired), {}),
            "TLS handshake failed: the client showed no certificate, and this port requires one");
}

TEST_P(ClientCertificate, OfAnotherCaIsRefused) {
  const TestCa other("Device CA");  // Of the same name.
  const TestCertificate stranger = other.Issue({.use = CertificateUse::kClient});
  const TestCa another("Another CA");
  const TestCertificate alien = another.Issue({.use = CertificateUse::kClient});
  for (const ClientCertificates wanted :
       {ClientCertificates::kRequested, ClientCertificates::kRequired}) {
    EXPECT_NE(Refusal(Taking(wanted), stranger), "");
    EXPECT_EQ(Refusal(Taking(wanted), alien),
              "TLS handshake failed: the client's certificate comes from no CA of this port's "
              "client CA bundle");
  }
}

TEST_P(ClientCertificate, SignedByItselfIsRefused) {
  const TestCa self("self");
  EXPECT_NE(Refusal(Taking(ClientCertificates::kRequired), self.Issue()), "");
}

TEST_P(ClientCertificate, ThatHasExpiredIsRefused) {
  const TestCertificate old = Device({.use = CertificateUse::kClient,
                                      .name = "old",
                                      .not_before_s = WallClock() - 9 * kDay,
                                      .not_after_s = WallClock() - kDay});
  EXPECT_EQ(Refusal(Taking(ClientCertificates::kRequested), old),
            "TLS handshake failed: the client's certificate has expired");
}

TEST_P(ClientCertificate, ThatIsNotValidYetIsRefused) {
  const TestCertificate early = Device({.use = CertificateUse::kClient,
                                        .name = "early",
                                        .not_before_s = WallClock() + kDay,
                                        .not_after_s = WallClock() + 9 * kDay});
  EXPECT_EQ(Refusal(Taking(ClientCertificates::kRequested), early),
            "TLS handshake failed: the client's certificate is not valid yet");
}

TEST_P(ClientCertificate, OfAServerIsRefused) {
  EXPECT_EQ(Refusal(Taking(ClientCertificates::kRequired),
                    Device({.use = CertificateUse::kServer, .name = "server"})),
            "TLS handshake failed: the client's certificate is not for clients (its extended key "
            "usage)");
}

TEST_P(ClientCertificate, ThatIsRevokedIsRefused) {
  const TestCertificate good = Device();
  const TestCertificate bad = Device({.use = CertificateUse::kClient, .name = "stolen"});
  TlsServerSettings settings = Taking(ClientCertificates::kRequired);
  settings.crls = {DeviceCa().Revoke({bad.pem})};
  EXPECT_EQ(Refusal(settings, bad),
            "TLS handshake failed: the client's certificate has been revoked");
  TlsPair pair(MakeTls(settings), {.max_version = GetParam(), .certificate = good});
  pair.Run();
  EXPECT_TRUE(pair.is_open()) << pair.server.status().sentence();
}

TEST_P(ClientCertificate, IsRefusedWhileItsCrlIsOutOfDate) {
  TlsServerSettings settings = Taking(ClientCertificates::kRequired);
  settings.crls = {DeviceCa().Revoke({}, WallClock() - kDay / 2)};
  EXPECT_EQ(
      MakeTls(settings)->warnings(),
      (std::vector<std::string>{"the CRL of /CN=Device CA was due for its successor: all whom "
                                "it certified are refused"}));
  EXPECT_EQ(Refusal(settings, Device()),
            "TLS handshake failed: there is no CRL in force that could say whether the client's "
            "certificate is revoked");
}

TEST_P(ClientCertificate, IsBelievedFromAnyCaOfTheBundle) {
  const TestCa root("Root");
  const TestCa intermediate("Intermediate", root);
  TlsServerSettings settings = Taking(ClientCertificates::kRequired);
  settings.client_ca_pem += intermediate.pem();  // Without its root.
  for (const TestCertificate& certificate :
       {Device(), intermediate.Issue({.use = CertificateUse::kClient})}) {
    TlsPair pair(MakeTls(settings), {.max_version = GetParam(), .certificate = certificate});
    pair.Run();
    EXPECT_TRUE(pair.is_open()) << pair.server.status().sentence();
  }
}

TEST_P(ClientCertificate, MayHaveAnyKey) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::kEc384, KeyAlgorithm::kEc521,
                                       KeyAlgorithm::kEd25519, KeyAlgorithm::kRsa2048}) {
    TlsPair pair(MakeTls(Taking(ClientCertificates::kRequired)),
                 {.max_version = GetParam(),
                  .certificate = Device({.use = CertificateUse::kClient, .algorithm = algorithm})});
    pair.Run();
    EXPECT_TRUE(pair.is_open()) << pair.server.status().sentence();
  }
}

// Below a certificate that is no CA's, or below more CAs than one allows.
TEST_P(ClientCertificate, FromWhoMayNotIssueItIsRefused) {
  const TestCa no_ca(Device({.use = CertificateUse::kClient, .name = "no CA"}));
  const TestCa only_leaves(
      DeviceCa().Issue({.use = CertificateUse::kCa, .name = "only leaves", .path_length = 0}));
  const TestCa too_deep("too deep", only_leaves);
  TestCertificate first = no_ca.Issue({.use = CertificateUse::kClient});
  first.pem += no_ca.pem();
  EXPECT_NE(Refusal(Taking(ClientCertificates::kRequired), first), "");
  TestCertificate second = too_deep.Issue({.use = CertificateUse::kClient});
  second.pem += too_deep.pem() + only_leaves.pem();
  EXPECT_NE(Refusal(Taking(ClientCertificates::kRequired), second), "");
  TestCertificate good = only_leaves.Issue({.use = CertificateUse::kClient});
  good.pem += only_leaves.pem();
  TlsPair pair(MakeTls(Taking(ClientCertificates::kRequired)),
               {.max_version = GetParam(), .certificate = good});
  EXPECT_TRUE(pair.Run().is_open()) << pair.server.status().sentence();
}

// wolfSSL looks at the dates of what it is sent, not of those whom it was told to believe.
TEST_P(ClientCertificate, OfACaWhoseTimeIsOverIsRefused) {
  const TestCa old(TestCa("Root").Issue({.use = CertificateUse::kCa,
                                         .name = "Old CA",
                                         .not_before_s = WallClock() - 9 * kDay,
                                         .not_after_s = WallClock() - kDay}));
  TlsServerSettings settings = Taking(ClientCertificates::kRequired);
  settings.client_ca_pem += old.pem();
  EXPECT_EQ(MakeTls(settings)->warnings().size(), 1u);
  EXPECT_NEAR(static_cast<double>(MakeTls(settings)->replace_at_s()),
              static_cast<double>(WallClock() + 365 * kDay), 100.0);
  EXPECT_NE(Refusal(settings, old.Issue({.use = CertificateUse::kClient})), "");
  TlsPair pair(MakeTls(settings), {.max_version = GetParam(), .certificate = Device()});
  EXPECT_TRUE(pair.Run().is_open()) << pair.server.status().sentence();
}

// It may come with the first second of its time, from a machine whose clock is ahead of ours.
TEST_P(ClientCertificate, OfACaWhoseTimeHasNotComeIsRefusedUntilThen) {
  const int64_t begin_s = WallClock() + 3600;
  const TestCa early(TestCa("Root").Issue(
      {.use = CertificateUse::kCa, .name = "Early CA", .not_before_s = begin_s}));
  TlsServerSettings settings = Taking(ClientCertificates::kRequired);
  settings.client_ca_pem += early.pem();
  EXPECT_NE(Refusal(settings, early.Issue({.use = CertificateUse::kClient})), "");
  EXPECT_EQ(MakeTls(settings)->replace_at_s(), begin_s);
}

}  // namespace
}  // namespace signet
