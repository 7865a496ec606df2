// What operators write, whom it is about, and the list of revoked credentials.
#include "auth/revocations.h"

#include <gtest/gtest.h>

namespace signet::auth {
namespace {

using By = Revocation::By;

constexpr WallTime kNow = WallTime::FromSeconds(1'900'000'000);
constexpr WallTime kLater = WallTime::FromSeconds(1'900'000'100);

CredentialName Token(std::string issuer, std::string id, WallTime ends = WallTime::Never()) {
  return {.issuer = std::move(issuer), .id = std::move(id), .ends = ends};
}
CredentialName Certificate(std::string issuer, std::string id) {
  return {.kind = CredentialName::Kind::kCertificate,
          .issuer = std::move(issuer),
          .id = std::move(id),
          .subject = "CN=pump-7"};
}
Revocation Of(By by, std::string_view value, std::string_view issuer = {}) {
  auto read = ReadRevocation(by, value, issuer);
  EXPECT_TRUE(read.ok()) << read.error().sentence();
  return read.ok() ? *read : Revocation{};
}
std::string Flaw(By by, std::string_view value, std::string_view issuer = {}) {
  const auto read = ReadRevocation(by, value, issuer);
  return read.ok() ? "" : read.error().sentence();
}

TEST(ReadRevocation, KnowsAnAccountByBothOfItsNames) {
  EXPECT_EQ(Of(By::kServiceAccount, "plant/pump").value, "system:serviceaccount:plant:pump");
  EXPECT_EQ(Of(By::kServiceAccount, "system:serviceaccount:plant:pump").value,
            "system:serviceaccount:plant:pump");
  for (const char* wrong : {"pump", "/pump", "plant/", "system:serviceaccount:pump"}) {
    EXPECT_NE(Flaw(By::kServiceAccount, wrong), "") << wrong;
  }
}

TEST(ReadRevocation, ReadsASerialNumberAsPeopleCopyIt) {
  EXPECT_EQ(Of(By::kCertificate, "1a2b").value, "1a2b");
  EXPECT_EQ(Of(By::kCertificate, "00:1A:2B").value, "1a2b");
  EXPECT_EQ(Of(By::kCertificate, "00").value, "0");
  for (const char* wrong : {":", "12g4", "0x12", "12 34"}) {
    EXPECT_NE(Flaw(By::kCertificate, wrong), "") << wrong;
  }
}

TEST(ReadRevocation, TakesAnIssuerWhereOneBelongs) {
  EXPECT_NE(Flaw(By::kToken, "1"), "");
  EXPECT_EQ(Flaw(By::kToken, "1", "iss"), "");
  EXPECT_EQ(Flaw(By::kCertificate, "1", "CN=ca"), "");
  EXPECT_NE(Flaw(By::kUsername, "ann", "iss"), "");
  for (const By by : {By::kUsername, By::kServiceAccount, By::kSubject, By::kCertificate}) {
    EXPECT_NE(Flaw(by, ""), "");
  }
}

TEST(Revocation, IsAboutWhomItNames) {
  const CredentialName token = Token("iss", "1");
  const CredentialName certificate = Certificate("CN=ca", "1");
  const RevocationSubject ann{.method = "Password", .username = "ann", .identity = "ann"};
  EXPECT_TRUE(Matches(Of(By::kUsername, "ann"), ann));
  EXPECT_FALSE(Matches(Of(By::kUsername, "an"), ann));
  EXPECT_FALSE(Matches(Of(By::kSubject, "ann"), ann));
  const RevocationSubject pump{.method = "X509", .username = "pump-7", .credential = &certificate};
  EXPECT_TRUE(Matches(Of(By::kSubject, "CN=pump-7"), pump));
  EXPECT_TRUE(Matches(Of(By::kCertificate, "1"), pump));
  EXPECT_TRUE(Matches(Of(By::kCertificate, "1", "CN=ca"), pump));
  EXPECT_FALSE(Matches(Of(By::kCertificate, "1", "CN=other"), pump));
  EXPECT_FALSE(Matches(Of(By::kToken, "1", "CN=ca"), pump));
  const RevocationSubject holder{.method = "JWT", .credential = &token};
  EXPECT_TRUE(Matches(Of(By::kToken, "1", "iss"), holder));
  EXPECT_FALSE(Matches(Of(By::kToken, "1", "other"), holder));
  EXPECT_FALSE(Matches(Of(By::kCertificate, "1"), holder));
}

TEST(Revocation, OfAnAccountIsNoneOfAUserOfThatName) {
  const std::string name = "system:serviceaccount:plant:pump";
  const Revocation account = Of(By::kServiceAccount, "plant/pump");
  EXPECT_TRUE(Matches(account, {.method = "ServiceAccountToken", .identity = name}));
  EXPECT_FALSE(Matches(account, {.method = "Password", .username = name, .identity = name}));
}

TEST(Revocations, HaveWhatIsListedAndNothingElse) {
  Revocations list(10);
  EXPECT_FALSE(list.Has(nullptr));
  EXPECT_TRUE(list.Add(Of(By::kToken, "1", "iss"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kCertificate, "2", "CN=ca"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kCertificate, "3"), kNow));
  const auto has = [&list](const CredentialName& credential) { return list.Has(&credential); };
  EXPECT_TRUE(has(Token("iss", "1")));
  EXPECT_FALSE(has(Token("iss", "2")));
  EXPECT_FALSE(has(Token("other", "1")));
  EXPECT_FALSE(has(Token("iss", "")));
  EXPECT_TRUE(has(Certificate("CN=ca", "2")));
  EXPECT_FALSE(has(Certificate("CN=other", "2")));
  EXPECT_TRUE(has(Certificate("CN=any", "3")));
  EXPECT_FALSE(has(Token("CN=ca", "2")));
}

TEST(Revocations, AreFullAtTheirCapacity) {
  Revocations list(2);
  EXPECT_TRUE(list.Add(Of(By::kToken, "1", "iss"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kToken, "2", "iss"), kNow));
  EXPECT_FALSE(list.Add(Of(By::kToken, "3", "iss"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kToken, "1", "iss"), kNow));  // It is there.
  const CredentialName third = Token("iss", "3");
  EXPECT_FALSE(list.Has(&third));
  EXPECT_EQ(list.size(), 2u);
}

TEST(Revocations, MakeRoomOfWhatHasEndedAlone) {
  Revocations list(2);
  const CredentialName brief = Token("iss", "1", kLater);
  const CredentialName lasting = Token("iss", "2");
  EXPECT_TRUE(list.Add(Of(By::kToken, "1", "iss"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kToken, "2", "iss"), kNow));
  EXPECT_TRUE(list.Has(&brief));
  EXPECT_TRUE(list.Has(&lasting));
  EXPECT_FALSE(list.Add(Of(By::kToken, "3", "iss"), kNow));
  EXPECT_TRUE(list.Add(Of(By::kToken, "3", "iss"), kLater));
  EXPECT_FALSE(list.Has(&brief));
  EXPECT_TRUE(list.Has(&lasting));
  // Of the third nobody knows when it ends.
  EXPECT_FALSE(list.Add(Of(By::kToken, "4", "iss"), WallTime::FromSeconds(4'000'000'000)));
}

}  // namespace
}  // namespace signet::auth
