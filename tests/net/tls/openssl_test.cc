// Against OpenSSL's client: that two implementations agree, and what wolfSSL's client cannot do.
#include <gtest/gtest.h>

#include "tests/net/tls/openssl_client.h"

namespace signet {
namespace {

class Openssl : public ::testing::TestWithParam<const char*> {
 protected:
  Openssl() : ca_(client_.File("ca.pem", ServerCa().pem())) {}

  std::vector<std::string> Arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {GetParam(),
                                    "-CAfile",
                                    ca_,
                                    "-verify_return_error",
                                    "-servername",
                                    "broker.example",
                                    "-verify_hostname",
                                    "broker.example"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  bool is_13() const { return std::string_view(GetParam()) == "-tls1_3"; }

  OpensslClient client_;
  std::string ca_;
};

INSTANTIATE_TEST_SUITE_P(Tls, Openssl, ::testing::Values("-tls1_2", "-tls1_3"));

TEST_P(Openssl, AgreesWithEachKey) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::kEc256, KeyAlgorithm::kEc384,
                                       KeyAlgorithm::kEd25519, KeyAlgorithm::kRsa2048}) {
    const OpensslResult result =
        client_.Run(MakeTls(ServerSettings(algorithm)), Arguments(), "hello\n");
    ASSERT_TRUE(result.was_open) << result.server_error << result.output;
    EXPECT_EQ(result.received, "hello\n");
    EXPECT_NE(result.output.find("hello from the broker"), std::string::npos);
    EXPECT_NE(result.output.find("Verify return code: 0 (ok)"), std::string::npos);
    EXPECT_EQ(result.session.version, is_13() ? TlsVersion::k13 : TlsVersion::k12);
    EXPECT_EQ(result.session.server_name, "broker.example");
  }
}

TEST_P(Openssl, ShowsItsCertificateAndAgreesOnAProtocol) {
  const TestCa ca("Device CA");
  const TestCertificate device = ca.Issue({.use = CertificateUse::kClient});
  TlsServerSettings settings = ServerSettings();
  settings.client_certificates = ClientCertificates::kRequired;
  settings.client_ca_pem = ca.pem();
  settings.alpn = {"mqtt"};
  const OpensslResult result =
      client_.Run(MakeTls(settings),
                  Arguments({"-cert", client_.File("d.pem", device.pem), "-key",
                             client_.File("d.key", device.key.text()), "-alpn", "mqtt"}),
                  "hello\n");
  ASSERT_TRUE(result.was_open) << result.server_error << result.output;
  EXPECT_EQ(result.session.peer_chain.size(), 1u);
  EXPECT_EQ(result.session.alpn, "mqtt");
  EXPECT_NE(result.output.find("ALPN protocol: mqtt"), std::string::npos);
  // No ticket where certificates are taken.
  EXPECT_EQ(result.output.find("TLS session ticket:"), std::string::npos);
}

TEST_P(Openssl, ResumesAndFallsBackWhereItsTicketIsNotTaken) {
  const auto keys = std::make_shared<TicketKeys>(Instant());
  const auto context = MakeTls(ServerSettings(), keys);
  const std::string file = client_.File("session", "");
  const OpensslResult first = client_.Run(context, Arguments({"-sess_out", file}), "one\n");
  ASSERT_TRUE(first.was_open) << first.server_error << first.output;
  const auto again = [&] { return client_.Run(context, Arguments({"-sess_in", file}), "two\n"); };
  EXPECT_TRUE(again().session.resumed);
  keys->RotateIfDue(Instant(TicketKeys::kRotation));
  EXPECT_TRUE(again().session.resumed);
  keys->RotateIfDue(Instant(2 * TicketKeys::kRotation));
  TlsServerSettings off = ServerSettings();
  off.session_tickets = false;
  for (const auto& other : {context, MakeTls(off, keys), MakeTls(ServerSettings()),
                            MakeTls(ServerSettings(), std::make_shared<TicketKeys>(Instant()))}) {
    const OpensslResult last = client_.Run(other, Arguments({"-sess_in", file}), "three\n");
    ASSERT_TRUE(last.was_open) << last.server_error << last.output;
    EXPECT_FALSE(last.session.resumed);
    EXPECT_EQ(last.received, "three\n");
  }
}

TEST_P(Openssl, ResumesNothingWhereCertificatesAreTaken) {
  const auto keys = std::make_shared<TicketKeys>(Instant());
  const std::string file = client_.File("session", "");
  client_.Run(MakeTls(ServerSettings(), keys), Arguments({"-sess_out", file}), "one\n");
  TlsServerSettings settings = ServerSettings();
  settings.client_certificates = ClientCertificates::kRequired;
  settings.client_ca_pem = ServerCa().pem();
  const OpensslResult result =
      client_.Run(MakeTls(settings, keys), Arguments({"-sess_in", file}), "two\n");
  EXPECT_FALSE(result.was_open);
  EXPECT_EQ(result.server_error,
            "TLS handshake failed: the client showed no certificate, and this port requires one");
}

// `R` makes s_client renegotiate. Whoever may do that makes the server work for nothing. It has
// been taken out of TLS 1.3.
TEST(OpensslTls12, MayNotRenegotiate) {
  OpensslClient client;
  const OpensslResult result =
      client.Run(MakeTls(ServerSettings()), {"-tls1_2", "-legacy_renegotiation"}, "R\n");
  ASSERT_TRUE(result.was_open) << result.server_error << result.output;
  EXPECT_NE(result.output.find("RENEGOTIATING"), std::string::npos) << result.output;
  EXPECT_EQ(result.server_error,
            "TLS failed: the client began a second handshake, and renegotiation is off");
  EXPECT_EQ(result.received, "");
}

TEST(OpensslTls11, IsRefused) {
  OpensslClient client;
  const OpensslResult result = client.Run(MakeTls(ServerSettings()),
                                          {"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"}, "hello\n");
  EXPECT_FALSE(result.was_open);
  EXPECT_EQ(result.server_error,
            "TLS handshake failed: the client speaks no version of TLS that this port accepts");
}

}  // namespace
}  // namespace signet
