// X509Method as a Method: what it takes, what it says, what its settings have to be.
#include "auth/x509/x509_method.h"

#include <gtest/gtest.h>

#include <charconv>
#include <set>

#include "auth/x509/certificate.h"
#include "auth/x509/pem.h"
#include "auth/x509/text.h"
#include "tests/auth/x509/openssl_verify.h"

namespace signet::forge {
namespace {

using auth::X509Method;

std::unique_ptr<X509Method> MakeMethod(const config::X509Settings& settings) {
  std::vector<std::string> warnings;
  auto method = X509Method::Create(settings, &warnings);
  CHECK(method.ok());
  CHECK(warnings.empty());
  return std::move(*method);
}

std::string RefusalOf(const config::X509Settings& settings) {
  std::vector<std::string> warnings;
  const auto method = X509Method::Create(settings, &warnings);
  return method.ok() ? "accepted" : method.error().sentence();
}

std::string RuleOfMethod(const X509Method& method, const CertificateChain& chain) {
  const auth::Verdict verdict = method.Judge(chain, WallTime::FromSeconds(kNow));
  const auto* denied = std::get_if<auth::Denied>(&verdict);
  return denied == nullptr ? "accepted" : denied->rule;
}

Credentials Showing(const CertificateChain& chain) {
  Credentials credentials;
  credentials.chain = std::make_shared<const CertificateChain>(chain);
  return credentials;
}

TEST(X509Method, IsForThoseWhoShowedAChain) {
  const Case c(Family::kEc);
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  EXPECT_EQ(method->name(), "X509");
  EXPECT_FALSE(method->may_reauthenticate());
  EXPECT_FALSE(method->yields_when_unavailable());
  EXPECT_TRUE(method->IsRelevant(Showing(material.shown)));
  EXPECT_FALSE(method->IsRelevant(Showing({})));
  Credentials none;
  none.username = "pump-7";
  EXPECT_FALSE(method->IsRelevant(none));
  EXPECT_TRUE(method->Evidence(none).empty());
  std::string rule;
  method->Verify(none, WallTime::FromSeconds(kNow), [&](const auth::Verdict& verdict) {
    rule = std::get<auth::Denied>(verdict).rule;
  });
  EXPECT_EQ(rule, "no certificate was shown");
}

TEST(X509Method, EvidenceIsAllThatDecides) {
  const Case c(Family::kEc);
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  const auto evidence = [&](const CertificateChain& chain) {
    return std::string(method->Evidence(Showing(chain)).text());
  };
  const Der& leaf = material.shown[0];
  const Der& middle = material.shown[1];
  Der both = leaf;
  Append(middle, &both);
  std::set<std::string> all;
  for (const CertificateChain& chain :
       {CertificateChain{leaf}, {leaf, middle}, {middle, leaf}, {both}, {leaf, middle, middle}}) {
    EXPECT_TRUE(all.insert(evidence(chain)).second);
  }
  Credentials other = Showing(material.shown);
  other.username = "somebody else";
  other.client_id = "x";
  EXPECT_EQ(method->Evidence(other), method->Evidence(Showing(material.shown)));
}

TEST(X509Method, SaysWhoItIsAndUntilWhen) {
  Case c(Family::kEc);
  c.attributes["pump"] = {.subject = "CN = pump-7, OU = Line 2, C = DE",
                          .attributes = {{"role", "pump"}, {"line", "2"}}};
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  Credentials credentials = Showing(material.shown);
  credentials.username = "root";  // What it claims means nothing.
  Principal principal;
  method->Verify(credentials, WallTime::FromSeconds(kNow), [&](auth::Verdict verdict) {
    principal = std::get<auth::Accepted>(std::move(verdict)).principal;
  });
  EXPECT_EQ(principal.username, "pump-7");
  EXPECT_EQ(principal.method, "X509");
  EXPECT_EQ(principal.identity, "C=DE,OU=Line 2,CN=pump-7");
  EXPECT_EQ(principal.attributes, (Attributes{{"line", "2"}, {"role", "pump"}}));
  EXPECT_EQ(principal.deadline, WallTime::FromSeconds(kNow + 30 * kDay));
}

TEST(X509Method, NamesTheCertificateByItsIssuerAndSerialNumber) {
  const Case c(Family::kEc);
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  const auth::Verdict verdict = method->Judge(material.shown, WallTime::FromSeconds(kNow));
  const auto credential = std::get<auth::Accepted>(verdict).principal.credential;
  ASSERT_NE(credential, nullptr);
  const auto leaf = auth::x509::Certificate::Read(material.shown[0]);
  ASSERT_TRUE(leaf.ok());
  auth::DistinguishedName issuer;
  ASSERT_TRUE(auth::DistinguishedName::FromDer(leaf->issuer_der, &issuer));
  EXPECT_EQ(credential->kind, CredentialName::Kind::kCertificate);
  EXPECT_EQ(credential->issuer, issuer.ToText());
  EXPECT_EQ(credential->subject, leaf->subject.ToText());
  EXPECT_EQ(credential->id, auth::x509::SerialText(leaf->serial));
  EXPECT_EQ(credential->ends, WallTime::FromSeconds(leaf->not_after_s));
}

TEST(SerialText, IsHexadecimalDigitsWithoutLeadingZeros) {
  using auth::x509::SerialText;
  EXPECT_EQ(SerialText(Der{0x00, 0xAB, 0x0C}), "ab0c");
  EXPECT_EQ(SerialText(Der{0x0A}), "a");
  EXPECT_EQ(SerialText(Der{0x00}), "0");
  EXPECT_EQ(SerialText(Der{}), "0");
}

TEST(X509Method, EndsToTheMillisecond) {
  const Case c(Family::kEc);
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  const int64_t end_ms = (kNow + 30 * kDay) * 1000;
  const auto accepts = [&](int64_t now_ms) {
    return std::holds_alternative<auth::Accepted>(
        method->Judge(material.shown, WallTime::FromMilliseconds(now_ms)));
  };
  EXPECT_TRUE(accepts(end_ms - 1));
  EXPECT_FALSE(accepts(end_ms));
  EXPECT_FALSE(accepts(-1));
  EXPECT_FALSE(
      std::holds_alternative<auth::Accepted>(method->Judge(material.shown, WallTime::Never())));
}

// An intermediate that one client has shown does not help another one, and none before it harms.
TEST(X509Method, RemembersNobody) {
  const Case c(Family::kEc);
  const Material material = c.Build();
  const auto method = MakeMethod(SettingsOf(c, material));
  const CertificateChain without{material.shown[0]};
  CertificateChain broken = material.shown;
  broken[1].back() = static_cast<uint8_t>(broken[1].back() ^ 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(RuleOfMethod(*method, without), "issuer not trusted");
    EXPECT_EQ(RuleOfMethod(*method, material.shown), "accepted");
    EXPECT_NE(RuleOfMethod(*method, broken), "accepted");
  }
}

// As the auth shard does for those who are connected when something has changed.
TEST(X509Method, OfNewSettingsJudgesTheSameChainAnew) {
  Case c(Family::kEc);
  c.AddCrls();
  const Material before = c.Build();
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, before)), before.shown), "accepted");
  c.crls[1].serials = {Integer(0x2001)};
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, c.Build())), before.shown),
            "a certificate of the chain has been revoked");
  c.crls[1].serials.clear();
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, c.Build())), before.shown), "accepted");
  c.trusted.clear();
  c.more_trusted.push_back(c.MakeCa(Name({{"CN", "New Root"}}), 6));
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, c.Build())), before.shown),
            "issuer not trusted");
}

TEST(X509Method, TakesCrlsInPemAndInDerAndSeveralInOnePem) {
  Case c(Family::kEc);
  c.AddCrls();
  c.crls[1].serials = {Integer(0x2001)};
  const Material material = c.Build();
  config::X509Settings settings = SettingsOf(c, material);
  const std::string root = Pem("X509 CRL", material.crls[0]);
  const std::string middle = Pem("X509 CRL", material.crls[1]);
  settings.client_crls = {"# both\n" + root + "\n" + middle};
  EXPECT_EQ(RuleOfMethod(*MakeMethod(settings), material.shown),
            "a certificate of the chain has been revoked");
  settings.client_crls = {root, std::string(AsText(material.crls[1]))};
  EXPECT_EQ(RuleOfMethod(*MakeMethod(settings), material.shown),
            "a certificate of the chain has been revoked");
}

TEST(X509Method, RefusesSettingsThatCannotBeMeant) {
  Case c(Family::kEc);
  c.AddCrls();
  const Material material = c.Build();
  const config::X509Settings good = SettingsOf(c, material);
  EXPECT_EQ(RefusalOf(good), "accepted");
  const auto with_ca = [&](const std::string& pem) {
    config::X509Settings settings = good;
    settings.trusted_ca_pem = pem;
    return RefusalOf(settings);
  };
  EXPECT_EQ(with_ca(""), "the client CA bundle holds no certificate in PEM");
  EXPECT_EQ(with_ca("-----BEGIN CERTIFICATE-----\n"),
            "the client CA bundle: its block 1 (CERTIFICATE) has no END line");
  EXPECT_EQ(with_ca("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n"),
            "the client CA bundle: its block 1 (CERTIFICATE) is not Base64");
  EXPECT_EQ(with_ca(good.trusted_ca_pem + Pem("CERTIFICATE", Der{1, 2})),
            "certificate 2 of the client CA bundle is not X.509 in DER, or has a name that is not "
            "clean text");
  EXPECT_EQ(with_ca(Pem("CERTIFICATE", material.shown[0])),
            "certificate 1 of the client CA bundle, C=DE,OU=Line 2,CN=pump-7, is not a CA's");
  EXPECT_EQ(with_ca(Pem("PRIVATE KEY", Der{1}) + good.trusted_ca_pem), "accepted");
  const auto with_crl = [&](const std::string& text) {
    config::X509Settings settings = good;
    settings.client_crls = {text};
    return RefusalOf(settings);
  };
  EXPECT_EQ(with_crl(""), "a CRL file holds no CRL");
  EXPECT_EQ(with_crl("0"), "CRL 1 is not an X.509 CRL");
  EXPECT_EQ(with_crl(Pem("X509 CRL", material.shown[0])), "CRL 1 is not an X.509 CRL");
  EXPECT_EQ(with_crl(good.client_crls[0] + "x"), "CRL 1 is not an X.509 CRL");
  const auto with_subjects = [&](const std::string& a, const std::string& b) {
    config::X509Settings settings = good;
    settings.authorization_attributes["a"].subject = a;
    settings.authorization_attributes["b"].subject = b;
    return RefusalOf(settings);
  };
  EXPECT_EQ(with_subjects("CN=a", "CN=b"), "accepted");
  EXPECT_EQ(with_subjects("CN=a", "cn = a"),
            "the subject of authorizationAttributes.b has an entry already");
  EXPECT_EQ(with_subjects("CN=a", "b"),
            "the subject of authorizationAttributes.b: \"b\" is not of the form TYPE = VALUE");
}

TEST(X509Method, WarnsOfCrlsThatCannotCount) {
  Case c(Family::kEc);
  c.AddCrls();
  c.crls[1].extensions = {Unknown(true)};
  std::vector<std::string> warnings;
  EXPECT_TRUE(X509Method::Create(SettingsOf(c, c.Build()), &warnings).ok());
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"CRL 2: the CRL of an issuer cannot be used: it is partial, "
                                      "or has something critical that is not understood"}));
}

// Many CAs of one name, each of which could have issued each: it ends, and refuses.
TEST(X509Method, DoesNotLoseItselfInAMaze) {
  Case c(Family::kEc);
  const Der name = Name({{"CN", "Maze"}});
  c.trusted.clear();
  c.more_trusted.push_back(c.MakeCa(Name({{"CN", "Elsewhere"}}), 6));
  c.shown = {"leaf"};
  c.leaf.issuer = name;
  c.leaf.signer = &c.Key(30);
  for (int i = 0; i < 9; ++i) {
    CertificateSpec ca = c.MakeCa(name, 20 + i);
    ca.signer = &c.Key(31);
    c.more_shown.push_back(ca);
  }
  // None of them has signed any: nine attempts.
  Material material = c.Build();
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, material)), material.shown),
            "a signature in the chain is wrong");
  // Of one key and several serials, one has signed all: a client's way to ask for 9! signatures.
  c.leaf.signer = &c.Key(20);
  for (size_t i = 0; i < c.more_shown.size(); ++i) {
    c.more_shown[i].key = &c.Key(20);
    c.more_shown[i].signer = &c.Key(20);
    c.more_shown[i].subject = name;
    c.more_shown[i].serial = Integer(0x7000 + i);
  }
  material = c.Build();
  EXPECT_NE(RuleOfMethod(*MakeMethod(SettingsOf(c, material)), material.shown), "accepted");
  // A trusted root of many bearers of its name, each with a key of its own: too many to try.
  for (int i = 0; i < 60; ++i) c.more_trusted.push_back(c.MakeCa(name, 40 + i));
  material = c.Build();
  EXPECT_EQ(RuleOfMethod(*MakeMethod(SettingsOf(c, material)), material.shown),
            "there are too many ways from the certificate to an issuer");
}

TEST(Rules, HaveSentencesOfTheirOwn) {
  std::set<std::string_view> sentences;
  for (size_t i = 0; i < auth::x509::kRules; ++i) {
    EXPECT_TRUE(sentences.insert(Sentence(static_cast<Rule>(i))).second) << i;
  }
}

// What users make by hand, with all the extensions that openssl adds.
TEST(X509Method, TakesWhatOpensslMakes) {
  const Folder folder;
  const std::string path = folder.path();
  folder.Write("ext",
               "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
               "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
               "[client]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,"
               "clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
               "subjectAltName=DNS:thermostat\n");
  const std::string script = folder.Write("script", R"(set -e
ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
request() { ec "$1"; openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"; }
issue() { openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 99 \
  -extfile ext -extensions "$3" -out "$1.crt"; }
ec root
openssl req -new -x509 -key root.key -subj "/CN=My Root CA" -days 999 -out root.crt
request line "/O=Contoso/CN=Intermediate"; issue line root ca
request leaf "/CN=thermostat/O=Contoso/C=DE"; issue leaf line client
date +%s
cat root.crt line.crt leaf.crt)");
  const std::string output = OutputOf("cd " + path + " && sh " + script + " 2>log");
  int64_t now_s = 0;
  std::from_chars(output.data(), output.data() + output.size(), now_s);
  config::X509Settings settings;
  std::vector<std::string> pems;
  for (size_t at = output.find("-----BEGIN"); at != output.npos;) {
    const size_t next = output.find("-----BEGIN", at + 1);
    pems.push_back(output.substr(at, next - at));
    at = next;
  }
  ASSERT_EQ(pems.size(), 3u) << output;
  CertificateChain chain;
  for (const std::string& pem : {pems[2], pems[1]}) {
    chain.push_back((*auth::x509::ReadPem(pem, {"CERTIFICATE"}))[0]);
  }
  settings.trusted_ca_pem = pems[0];
  settings.authorization_attributes["i"] = {.subject = "O = Contoso, CN = Intermediate",
                                            .attributes = {{"city", "seattle"}}};
  const auth::Verdict verdict =
      MakeMethod(settings)->Judge(chain, WallTime::FromSeconds(now_s + 60));
  ASSERT_TRUE(std::holds_alternative<auth::Accepted>(verdict))
      << std::get<auth::Denied>(verdict).rule;
  const Principal& principal = std::get<auth::Accepted>(verdict).principal;
  EXPECT_EQ(principal.username, "thermostat");
  EXPECT_EQ(principal.identity, "C=DE,O=Contoso,CN=thermostat");
  EXPECT_EQ(principal.attributes, (Attributes{{"city", "seattle"}}));
}

}  // namespace
}  // namespace signet::forge
