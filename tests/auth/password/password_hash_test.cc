// Hashes of passwords: those that others have made, and our own.
#include "auth/password/password_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::auth {
namespace {

// By `mosquitto_passwd -b` of mosquitto 2.0.11, and by the same with -H sha512.
constexpr std::string_view kOfSecret =
    "$7$101$14UqnmjpOjhm2gkL$+CUy2sCFQ3xecHAdMYbM6Njxtxyqk0BJbUmvcid+5s3IrnfTzLoQvO/"
    "Azf0GTH1JnCHRksAMDrzShBQXDPv9OQ==";
constexpr std::string_view kOfX =
    "$6$tasXDr/SbTdBxgdi$txUJxRiMplQ6rK+5pz+1CyeNcWwVkWZaV7hlzGRgHPEYewEaEQB3p+z/"
    "LHVBEqzPVpVq/Lti1TwhwKvo/PWhiA==";
// The example of RFC 7677, 3: its password, salt and iterations.
constexpr std::string_view kOfPencil =
    "$scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

PasswordHash Parsed(std::string_view text) {
  auto hash = ParsePasswordHash(text);
  EXPECT_TRUE(hash.ok()) << text;
  return hash.ok() ? *hash : PasswordHash();
}

bool Is(std::string_view password, std::string_view hash) {
  return IsPassword(AsBytes(password), Parsed(hash));
}

std::string FlawOf(std::string_view text) {
  const auto hash = ParsePasswordHash(text);
  return hash.ok() ? "" : hash.error().sentence();
}

std::vector<uint8_t> Salt(std::string_view text) {
  return {AsBytes(text).begin(), AsBytes(text).end()};
}

TEST(PasswordHash, JudgesWhatMosquittoHasMade) {
  EXPECT_TRUE(Is("secret", kOfSecret));
  EXPECT_FALSE(Is("Secret", kOfSecret));
  EXPECT_FALSE(Is("", kOfSecret));
  EXPECT_TRUE(Is("x", kOfX));
  EXPECT_FALSE(Is("y", kOfX));
  EXPECT_FALSE(Is("", kOfX));
}

TEST(PasswordHash, JudgesPasswordsByScramCredentials) {
  EXPECT_TRUE(Is("pencil", kOfPencil));
  EXPECT_FALSE(Is("pencil ", kOfPencil));
}

// PBKDF2-HMAC-SHA512 of "password" and "salt".
TEST(PasswordHash, IsPbkdf2) {
  EXPECT_EQ(ToText(MakePbkdf2(AsBytes("password"), Salt("salt"), 1)).text(),
            "$7$1$c2FsdA==$hn9wzxreAs/zdSWZo6U9xK80x6ZpgVrl1RNVThyM8lLALUcKKFoFAbrZmb/"
            "pQ8CPBQI119aLHaVeY/c7YKV/zg==");
  EXPECT_EQ(ToText(MakePbkdf2(AsBytes("password"), Salt("salt"), 2)).text(),
            "$7$2$c2FsdA==$4dnBaqaBcIpF9cfE4hXOtm4BGi6fAEBxPxiu/bhm1Tz3bKsoaKObn3hA7c5P71qCvmczXHem"
            "Bo4EESdU8nzPTg==");
}

// RFC 2104: a key longer than a block of the hash is hashed first.
TEST(PasswordHash, TakesPasswordsOfAnyLength) {
  const std::string block(128, 'x');
  for (const std::string& password : {block.substr(1), block, block + "x", block + block}) {
    const PasswordHash hash = MakePbkdf2(AsBytes(password), Salt("salt"), 2);
    EXPECT_TRUE(IsPassword(AsBytes(password), hash));
    EXPECT_FALSE(IsPassword(AsBytes(password + "x"), hash));
  }
  // As Python's hashlib has it, of 200 x.
  EXPECT_EQ(ToText(MakePbkdf2(AsBytes(std::string(200, 'x')), Salt("salt"), 2)).text(),
            "$7$2$c2FsdA==$h8nbC3wSuUvsUDmuYDAo7FB2I0WWQBw6KJnxbf6T"
            "R58sNHFnKvFSaD8kPVle0afzQw7BP9opfJnjmJ6gPVPxzQ==");
}

TEST(PasswordHash, IsTheScramCredentialOfTheRfc) {
  const auto scram = std::get<ScramCredential>(Parsed(kOfPencil));
  EXPECT_EQ(scram.iterations, 4096u);
  EXPECT_EQ(ToText(MakeScram(AsBytes("pencil"), scram.salt, scram.iterations)).text(), kOfPencil);
}

TEST(PasswordHash, IsWrittenAsItIsRead) {
  for (const std::string_view text : {kOfSecret, kOfX, kOfPencil}) {
    EXPECT_EQ(ToText(Parsed(text)).text(), text);
  }
}

TEST(PasswordHash, HasAMarkOfItsOwn) {
  EXPECT_EQ(MarkOf(Parsed(kOfX)), MarkOf(Parsed(kOfX)));
  EXPECT_NE(MarkOf(Parsed(kOfX)), MarkOf(Parsed(kOfSecret)));
  const auto again = MakePbkdf2(AsBytes("secret"), Salt("another salt"), 101);
  EXPECT_NE(MarkOf(again), MarkOf(Parsed(kOfSecret)));
}

TEST(PasswordHash, EmptyPasswordsAreHashedToo) {
  const PasswordHash hash = MakePbkdf2({}, Salt("salt"), 3);
  EXPECT_TRUE(IsPassword({}, hash));
  EXPECT_FALSE(IsPassword(AsBytes(" "), hash));
}

TEST(PasswordHash, RefusesEveryTruncation) {
  for (const std::string_view text : {kOfSecret, kOfX, kOfPencil}) {
    for (size_t size = 0; size < text.size(); ++size) {
      EXPECT_NE(FlawOf(text.substr(0, size)), "") << text.substr(0, size);
    }
    EXPECT_NE(FlawOf(std::string(text) + "$"), "");
    EXPECT_NE(FlawOf(std::string(text) + "$AAAA"), "");
  }
}

TEST(PasswordHash, SaysWhatIsWrong) {
  const std::string hash = "$" + std::string(86, 'A') + "==";
  EXPECT_EQ(FlawOf("$7$1$AAAA" + hash), "");
  EXPECT_EQ(FlawOf("plain"), "is of no form that is known: $7$, $6$ or $scram-sha-256$");
  EXPECT_EQ(FlawOf(""), "is of no form that is known: $7$, $6$ or $scram-sha-256$");
  EXPECT_EQ(FlawOf("$2b$12$abcdefghijklmnopqrstuv"),
            "is of no form that is known: $7$, $6$ or $scram-sha-256$");
  for (const std::string iterations : {"", "0", "-1", "+1", "1x", " 1", "2000001", "99999999999"}) {
    EXPECT_EQ(FlawOf("$7$" + iterations + "$AAAA" + hash),
              "has no number of iterations from 1 to 2000000");
  }
  for (const std::string& salt : {std::string(), std::string("A"), std::string("A=A="),
                                  std::string("AA\nAA"), std::string(88, 'A')}) {
    EXPECT_EQ(FlawOf("$7$1$" + salt + hash), "has no salt of 1 to 64 bytes in base64");
  }
  EXPECT_EQ(FlawOf("$7$1$AAAA$AAAA"), "has no hash of 64 bytes in base64");
  EXPECT_EQ(FlawOf("$scram-sha-256$1$AAAA$AAAA$AAAA"), "has no StoredKey of 32 bytes in base64");
}

TEST(PasswordHash, IsWiped) {
  PasswordHash hash = Parsed(kOfPencil);
  Wipe(&hash);
  EXPECT_EQ(std::get<ScramCredential>(hash).server_key, ScramCredential().server_key);
  EXPECT_FALSE(IsPassword(AsBytes("pencil"), hash));
}

}  // namespace
}  // namespace signet::auth
