// Session tickets: who resumes where, and who does not.
#include <gtest/gtest.h>

#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

class ResumptionTls13 : public ::testing::Test {
 protected:
  // A whole connection; what it leaves for the next one.
  TlsClient::SessionPtr Visit(const std::shared_ptr<const TlsContext>& context,
                              const TlsClientOptions& options) {
    TlsPair pair(context, options);
    pair.Run();
    EXPECT_TRUE(pair.is_open()) << pair.server.status().sentence();
    pair.server.Send("so that the client reads the ticket");
    pair.Run();
    return pair.client.Session();
  }

  bool Resumes(const std::shared_ptr<const TlsContext>& context, TlsClient::SessionPtr session,
               const TlsClientOptions& options) {
    TlsPair pair(context, options, std::move(session));
    pair.Run();
    EXPECT_TRUE(pair.is_open()) << pair.server.status().sentence();
    EXPECT_EQ(pair.client.resumed(), pair.server.session().resumed);
    pair.client.Write("again");
    pair.Run();
    EXPECT_EQ(pair.server.sink().received, "again");
    return pair.server.session().resumed;
  }

  std::shared_ptr<TicketKeys> keys_ = std::make_shared<TicketKeys>(Instant());
};

class Resumption : public ResumptionTls13, public ::testing::WithParamInterface<TlsVersion> {
 protected:
  TlsClientOptions Options() const { return {.max_version = GetParam()}; }
};

INSTANTIATE_TEST_SUITE_P(Tls, Resumption, ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(Resumption, WithTheSameContext) {
  const auto context = MakeTls(ServerSettings(), keys_);
  EXPECT_TRUE(Resumes(context, Visit(context, Options()), Options()));
}

TEST_P(Resumption, AfterAReload) {
  const auto session = Visit(MakeTls(ServerSettings(), keys_), Options());
  TlsServerSettings settings = ServerSettings(KeyAlgorithm::kRsa2048);
  EXPECT_TRUE(Resumes(MakeTls(settings, keys_), session, Options()));
}

TEST_P(Resumption, WithThePreviousKey) {
  const auto context = MakeTls(ServerSettings(), keys_);
  const auto session = Visit(context, Options());
  keys_->RotateIfDue(Instant(TicketKeys::kRotation));
  EXPECT_TRUE(Resumes(context, session, Options()));
}

// In TLS 1.2 wolfSSL's client gives up when its ticket is not taken; openssl_test.cc has that case.
TEST_F(ResumptionTls13, NotWithOtherKeysNorWithoutAny) {
  const auto session = Visit(MakeTls(ServerSettings(), keys_), {});
  TlsServerSettings settings = ServerSettings();
  settings.session_tickets = false;
  EXPECT_FALSE(Resumes(MakeTls(settings, keys_), session, {}));
  EXPECT_FALSE(Resumes(MakeTls(ServerSettings()), session, {}));
  const auto other = std::make_shared<TicketKeys>(Instant());
  EXPECT_FALSE(Resumes(MakeTls(ServerSettings(), other), session, {}));
}

// A ticket from a port that takes no certificates opens nothing on one that does.
TEST_F(ResumptionTls13, NotWhereClientCertificatesAreTaken) {
  const TestCa ca("Device CA");
  const TlsClientOptions options{.certificate = ca.Issue({.use = CertificateUse::kClient})};
  const auto session = Visit(MakeTls(ServerSettings(), keys_), options);
  for (const ClientCertificates wanted :
       {ClientCertificates::kRequested, ClientCertificates::kRequired}) {
    TlsServerSettings settings = ServerSettings();
    settings.client_certificates = wanted;
    settings.client_ca_pem = ca.pem();
    const auto context = MakeTls(settings, keys_);
    TlsPair pair(context, options, session);
    pair.Run();
    ASSERT_TRUE(pair.is_open()) << pair.server.status().sentence();
    EXPECT_FALSE(pair.server.session().resumed);
    EXPECT_EQ(pair.server.session().peer_chain.size(), 1u);
    TlsPair first(context, options);
    first.Run();
    first.server.Send("so that the client reads a ticket");
    first.Run();
    EXPECT_FALSE(first.client.has_ticket());
  }
}

TEST(TicketKeys, OpenWhatTheySealed) {
  TicketKeys keys{Instant()};
  std::string ticket = "identity";
  const MutableBytes bytes(reinterpret_cast<uint8_t*>(ticket.data()), ticket.size());
  TicketKeys::Envelope envelope;
  ASSERT_TRUE(keys.Seal(bytes, &envelope));
  EXPECT_NE(ticket, "identity");
  EXPECT_EQ(keys.Open(envelope, bytes), TicketKeys::Opened::kCurrent);
  EXPECT_EQ(ticket, "identity");
}

TEST(TicketKeys, RefuseWhatWasAltered) {
  TicketKeys keys{Instant()};
  const auto altered = [&](auto&& alter) {
    std::string ticket = "identity";
    const MutableBytes bytes(reinterpret_cast<uint8_t*>(ticket.data()), ticket.size());
    TicketKeys::Envelope envelope;
    EXPECT_TRUE(keys.Seal(bytes, &envelope));
    alter(bytes, &envelope);
    return keys.Open(envelope, bytes) == TicketKeys::Opened::kNo;
  };
  EXPECT_FALSE(altered([](MutableBytes, TicketKeys::Envelope*) {}));
  EXPECT_TRUE(altered([](MutableBytes bytes, TicketKeys::Envelope*) { bytes[0] ^= 1; }));
  EXPECT_TRUE(altered([](MutableBytes, TicketKeys::Envelope* e) { e->nonce[0] ^= 1; }));
  EXPECT_TRUE(altered([](MutableBytes, TicketKeys::Envelope* e) { e->tag[0] ^= 1; }));
  EXPECT_TRUE(altered([](MutableBytes, TicketKeys::Envelope* e) { e->key_name[0] ^= 1; }));
}

TEST(TicketKeys, RotateWhenDueAndForgetTheKeyBeforeTheLast) {
  TicketKeys keys{Instant()};
  std::string ticket = "identity";
  const MutableBytes bytes(reinterpret_cast<uint8_t*>(ticket.data()), ticket.size());
  TicketKeys::Envelope envelope;
  ASSERT_TRUE(keys.Seal(bytes, &envelope));
  const auto open = [&] {
    std::string copy = ticket;
    return keys.Open(envelope, {reinterpret_cast<uint8_t*>(copy.data()), copy.size()});
  };
  keys.RotateIfDue(Instant(TicketKeys::kRotation - seconds(1)));
  EXPECT_EQ(open(), TicketKeys::Opened::kCurrent);
  keys.RotateIfDue(Instant(TicketKeys::kRotation));
  EXPECT_EQ(open(), TicketKeys::Opened::kPrevious);
  keys.RotateIfDue(Instant(TicketKeys::kRotation));  // Once for all who call.
  EXPECT_EQ(open(), TicketKeys::Opened::kPrevious);
  keys.RotateIfDue(Instant(2 * TicketKeys::kRotation));
  EXPECT_EQ(open(), TicketKeys::Opened::kNo);
}

TEST(TicketKeys, ForgetBothKeysAfterALongPause) {
  TicketKeys keys{Instant()};
  std::string ticket = "identity";
  const MutableBytes bytes(reinterpret_cast<uint8_t*>(ticket.data()), ticket.size());
  TicketKeys::Envelope envelope;
  ASSERT_TRUE(keys.Seal(bytes, &envelope));
  keys.RotateIfDue(Instant(2 * TicketKeys::kRotation));
  EXPECT_EQ(keys.Open(envelope, bytes), TicketKeys::Opened::kNo);
}

}  // namespace
}  // namespace signet
