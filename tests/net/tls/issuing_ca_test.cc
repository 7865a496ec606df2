// The broker's own CA: what it issues, when that is to be renewed, and that others believe it.
#include "net/tls/issuing_ca.h"

#include <gtest/gtest.h>

#include "core/base/pem.h"
#include "net/tls/certificate_info.h"
#include "tests/net/tls/openssl_client.h"
#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

CertificateInfo Read(const std::string& pem) {
  return *ReadCertificate(ParsePem(pem)->front().der);
}

class IssuingCaTest : public ::testing::Test {
 protected:
  std::string ErrorOf(const ServerCertificateSpec& spec) {
    const auto issued = ca_.Issue(spec, nullptr, now_);
    return issued.ok() ? "" : issued.error().sentence();
  }

  const int64_t now_ = WallClock();
  const IssuingCa ca_ = *IssuingCa::Create(now_);
  const ServerCertificateSpec spec_{.dns = {"broker.example", "*.Plant.example"},
                                    .ips = {"192.0.2.1", "2001:db8::1"}};
};

TEST_F(IssuingCaTest, IsACaForTenYears) {
  const CertificateInfo info = Read(ca_.certificate_pem());
  EXPECT_TRUE(info.is_ca);
  EXPECT_EQ(info.subject_der, info.issuer_der);
  EXPECT_EQ(info.subject_key_id, info.authority_key_id);
  EXPECT_EQ(info.not_before_s, now_ - 300);
  EXPECT_EQ(info.not_after_s, now_ + 3650 * kDay);
}

TEST_F(IssuingCaTest, IssuesWhatTheSpecSays) {
  const IssuedCertificate issued = *ca_.Issue(spec_, nullptr, now_);
  const CertificateInfo info = Read(issued.chain_pem);
  EXPECT_FALSE(info.is_ca);
  EXPECT_EQ(info.issuer_der, Read(ca_.certificate_pem()).subject_der);
  EXPECT_EQ(info.authority_key_id, Read(ca_.certificate_pem()).subject_key_id);
  EXPECT_EQ(info.not_after_s, now_ + 90 * kDay);
  EXPECT_EQ(info.dns_names.size(), 2u);
  EXPECT_EQ(info.ips.size(), 2u);
}

TEST_F(IssuingCaTest, MakesKeysOfEachAlgorithm) {
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::kEc256, KeyAlgorithm::kEc384, KeyAlgorithm::kEc521, KeyAlgorithm::kEd25519,
        KeyAlgorithm::kRsa2048, KeyAlgorithm::kRsa4096}) {
    ServerCertificateSpec spec = spec_;
    spec.algorithm = algorithm;
    const IssuedCertificate issued = *ca_.Issue(spec, nullptr, now_);
    EXPECT_EQ(*AlgorithmOf(issued.key_pem), algorithm);
    const TlsServerSettings settings{
        .identities = {{.chain_pem = issued.chain_pem, .key_pem = issued.key_pem}}};
    TlsPair pair(MakeTls(settings), {.ca_pem = ca_.certificate_pem()});
    EXPECT_TRUE(pair.Run().is_open()) << pair.server.status().sentence();
  }
}

// OpenSSL looks at names, usages and identifiers.
TEST_F(IssuingCaTest, IsBelievedByOpenssl) {
  OpensslClient client;
  const IssuedCertificate issued = *ca_.Issue(spec_, nullptr, now_);
  const auto context =
      MakeTls({.identities = {{.chain_pem = issued.chain_pem, .key_pem = issued.key_pem}}});
  const std::string ca = client.File("ca.crt", ca_.certificate_pem());
  const auto is_believed = [&](const std::string& option, const std::string& name) {
    return client
        .Run(context, {"-CAfile", ca, "-x509_strict", "-verify_return_error", option, name}, "x\n")
        .was_open;
  };
  EXPECT_TRUE(is_believed("-verify_hostname", "broker.example"));
  EXPECT_TRUE(is_believed("-verify_hostname", "line7.plant.example"));
  EXPECT_FALSE(is_believed("-verify_hostname", "other.example"));
  EXPECT_TRUE(is_believed("-verify_ip", "192.0.2.1"));
  EXPECT_TRUE(is_believed("-verify_ip", "2001:db8::1"));
  EXPECT_FALSE(is_believed("-verify_ip", "192.0.2.2"));
}

TEST_F(IssuingCaTest, RenewsAThirdOfTheDurationBeforeTheEnd) {
  const IssuedCertificate issued = *ca_.Issue(spec_, nullptr, now_);
  EXPECT_EQ(ca_.RenewAt(issued, spec_), now_ + 60 * kDay);
  ServerCertificateSpec spec = spec_;
  spec.renew_before_s = 10 * kDay;
  EXPECT_EQ(ca_.RenewAt(issued, spec), now_ + 80 * kDay);
}

TEST_F(IssuingCaTest, RenewsAtOnceWhatIsNotAsAskedFor) {
  const IssuedCertificate issued = *ca_.Issue(spec_, nullptr, now_);
  ServerCertificateSpec spec = spec_;
  spec.dns = {"*.plant.example", "broker.example"};  // The same in another order and case.
  EXPECT_NE(ca_.RenewAt(issued, spec), 0);
  spec.dns.emplace_back("new.example");
  EXPECT_EQ(ca_.RenewAt(issued, spec), 0);
  spec = spec_;
  spec.ips = {"192.0.2.1"};
  EXPECT_EQ(ca_.RenewAt(issued, spec), 0);
  spec = spec_;
  spec.algorithm = KeyAlgorithm::kEc384;
  EXPECT_EQ(ca_.RenewAt(issued, spec), 0);
  EXPECT_EQ(IssuingCa::Create(now_)->RenewAt(issued, spec_), 0);  // Of the same name.
  const IssuedCertificate mixed{.chain_pem = issued.chain_pem,
                                .key_pem = ca_.Issue(spec_, nullptr, now_)->key_pem};
  EXPECT_EQ(ca_.RenewAt(mixed, spec_), 0);
  EXPECT_EQ(ca_.RenewAt({}, spec_), 0);
}

TEST_F(IssuingCaTest, KeepsOrChangesTheKey) {
  ServerCertificateSpec spec = spec_;
  const IssuedCertificate first = *ca_.Issue(spec, nullptr, now_);
  EXPECT_NE(ca_.Issue(spec, &first, now_)->key_pem, first.key_pem);
  spec.rotation = KeyRotation::kNever;
  const IssuedCertificate second = *ca_.Issue(spec, &first, now_);
  EXPECT_EQ(second.key_pem, first.key_pem);
  EXPECT_NE(second.chain_pem, first.chain_pem);  // Of another serial number.
  spec.algorithm = KeyAlgorithm::kEd25519;
  EXPECT_NE(ca_.Issue(spec, &first, now_)->key_pem, first.key_pem);
}

TEST_F(IssuingCaTest, IssuesNothingBeyondItsOwnEnd) {
  const int64_t late = now_ + IssuingCa::kCaDuration_s - kDay;
  const IssuedCertificate issued = *ca_.Issue(spec_, nullptr, late);
  EXPECT_EQ(Read(issued.chain_pem).not_after_s, now_ + IssuingCa::kCaDuration_s);
  EXPECT_EQ(ca_.RenewAt(issued, spec_), now_ + IssuingCa::kCaDuration_s);
}

TEST_F(IssuingCaTest, ComesBackFromItsFiles) {
  const auto again = IssuingCa::Load(ca_.certificate_pem(), ca_.key_pem(), now_);
  ASSERT_TRUE(again.ok());
  EXPECT_NE(again->RenewAt(*ca_.Issue(spec_, nullptr, now_), spec_), 0);
}

TEST_F(IssuingCaTest, SaysWhatIsWrongWithItsFiles) {
  const auto error = [&](const std::string& pem, const SecretBytes& key, int64_t now) {
    const auto ca = IssuingCa::Load(pem, key, now);
    return ca.ok() ? "" : ca.error().sentence();
  };
  const IssuedCertificate leaf = *ca_.Issue(spec_, nullptr, now_);
  EXPECT_EQ(error("", ca_.key_pem(), now_), "it holds no certificate in PEM");
  EXPECT_EQ(error(ca_.certificate_pem(), SecretBytes("geheim"), now_),
            "its key is not a private key in PEM without a password (RSA, EC or Ed25519)");
  EXPECT_EQ(error(ca_.certificate_pem(), leaf.key_pem, now_),
            "its key belongs to another certificate");
  EXPECT_EQ(error(leaf.chain_pem, leaf.key_pem, now_), "it is not a CA's certificate");
  EXPECT_EQ(error(ca_.certificate_pem(), ca_.key_pem(), now_ + 3651 * kDay).substr(0, 15),
            "it expired on 2");
}

TEST_F(IssuingCaTest, RefusesASpecThatCannotBe) {
  ServerCertificateSpec spec = spec_;
  spec.duration_s = 3599;
  EXPECT_EQ(ErrorOf(spec), "duration is between an hour and ten years");
  spec.duration_s = 3600;
  EXPECT_EQ(ErrorOf(spec), "");
  spec.renew_before_s = 3600;
  EXPECT_EQ(ErrorOf(spec), "renewBefore is shorter than duration");
  spec.renew_before_s = 299;
  EXPECT_EQ(ErrorOf(spec), "renewBefore is at least five minutes");
  spec = spec_;
  spec.dns = {"a b"};
  EXPECT_EQ(ErrorOf(spec), "a b is not a DNS name");
  spec = spec_;
  spec.ips = {"1.2.3"};
  EXPECT_EQ(ErrorOf(spec), "1.2.3 is not an IP address");
}

}  // namespace
}  // namespace signet
