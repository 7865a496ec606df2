// SCRAM-SHA-256 as text (RFC 5802, RFC 7677): the messages of clients, whatever is wrong with them,
// and the server's side of an exchange.
#include "auth/password/scram.h"

#include "auth/password/password_hash.h"
#include "auth/password/scram_decoys.h"
#include "gtest/gtest.h"
#include "tests/auth/password/scram_client.h"
#include "tests/support/bytes.h"

namespace signet::auth {
namespace {

const std::vector<uint8_t> kSalt = Bytes("5b 6d 99 68 9d 12 35 8e ec a0 4b 14 12 36 fa 81");

// The example of RFC 7677, 3: user and password, and each message to the letter.
constexpr std::string_view kClientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr std::string_view kServersNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr std::string_view kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr std::string_view kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramCredential Pencil() { return MakeScram(AsBytes("pencil"), kSalt, 4096); }

std::string FlawOfFirst(std::string_view message) {
  const ExactCopy copy(AsBytes(message));
  const auto first = ReadScramClientFirst(AsText(copy.view()));
  return first.ok() ? "" : std::string(first.error().rule);
}

std::string NameOf(std::string_view message) {
  const auto first = ReadScramClientFirst(message);
  return first.ok() ? first->name : "(none)";
}

TEST(Scram, IsTheExampleOfRfc7677) {
  ScramServer server;
  const auto name = server.Begin(kClientFirst);
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(*name, "user");
  EXPECT_EQ(server.Challenge(Pencil(), kServersNonce), kServerFirst);
  const auto end = server.Finish(kClientFinal);
  ASSERT_TRUE(end.ok()) << end.error().rule;
  EXPECT_EQ(*end, kServerFinal);
}

TEST(Scram, AClientOfOurOwnSaysWhatTheExampleSays) {
  ScramClient client("user", "pencil", "rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.First(), kClientFirst);
  EXPECT_EQ(client.Final(kServerFirst), kClientFinal);
  EXPECT_EQ(client.ExpectedEnd(), kServerFinal);
}

TEST(Scram, AnotherPasswordProvesNothing) {
  for (const std::string password : {"pencil ", "Pencil", "", "pencils"}) {
    ScramServer server;
    ScramClient client("user", password);
    ASSERT_TRUE(server.Begin(client.First()).ok());
    const auto end = server.Finish(client.Final(server.Challenge(Pencil(), kServersNonce)));
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.error().rule, ScramServer::kWrongProof);
  }
}

TEST(Scram, AProofIsRightOrWrong) {
  ScramClient client("user", "pencil");
  for (const size_t bit : {0u, 7u, 100u, 255u}) {
    ScramServer server;
    ASSERT_TRUE(server.Begin(client.First()).ok());
    const std::string good = client.Final(server.Challenge(Pencil(), kServersNonce));
    const auto read = ReadScramClientFinal(good);
    ASSERT_TRUE(read.ok());
    Sha256Hash proof = read->proof;
    proof[bit / 8] = static_cast<uint8_t>(proof[bit / 8] ^ 1u << bit % 8);
    const auto end = server.Finish(std::string(read->without_proof) + ",p=" + Base64Of(proof));
    ASSERT_FALSE(end.ok()) << bit;
    EXPECT_EQ(end.error().rule, ScramServer::kWrongProof);
  }
}

// An answer that was good once is none to the next challenge.
TEST(Scram, AnswersCannotBeSentAgain) {
  ScramServer server;
  ASSERT_TRUE(server.Begin(kClientFirst).ok());
  server.Challenge(Pencil(), "another-nonce");
  const auto end = server.Finish(kClientFinal);
  ASSERT_FALSE(end.ok());
  EXPECT_NE(end.error().rule, ScramServer::kWrongProof);
}

TEST(Scram, TheNonceIsBothParts) {
  ScramClient client("user", "pencil");
  for (const std::string nonce : {"clients-nonce", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
                                  "clients-nonce%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0x"}) {
    ScramServer server;
    ASSERT_TRUE(server.Begin(client.First()).ok());
    client.Final(server.Challenge(Pencil(), kServersNonce));
    EXPECT_FALSE(server.Finish(client.FinalWith(nonce, "biws")).ok()) << nonce;
  }
}

// `y,,` says that the client could bind to a channel and believes that we cannot: so it is. Who
// changes the one into the other on the way is found out.
TEST(Scram, RepeatsItsChannelBinding) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"n,,", "biws"}, {"y,,", "eSws"}, {"n,a=user,", "bixhPXVzZXIs"}};
  for (const auto& [header, binding] : cases) {
    for (const auto& [other, said] : cases) {
      ScramServer server;
      ScramClient client("user", "pencil");
      const std::string bare = client.First().substr(3);
      ASSERT_TRUE(server.Begin(std::string(header) + bare).ok()) << header;
      client.Final(server.Challenge(Pencil(), kServersNonce));
      const auto end = server.Finish(
          client.FinalWith("clients-nonce" + std::string(kServersNonce), std::string(said)));
      EXPECT_EQ(end.ok(), binding == said) << header << said;
    }
  }
}

// -- client-first-message.

TEST(ScramClientFirst, NamesAreSpelledWithEscapes) {
  EXPECT_EQ(NameOf("n,,n=user,r=x"), "user");
  EXPECT_EQ(NameOf("n,,n=a=2Cb=3Dc,r=x"), "a,b=c");
  EXPECT_EQ(NameOf("y,a=a=2Cb,n=a=2Cb,r=x"), "a,b");
  EXPECT_EQ(NameOf("n,,n=J\xC3\xBCrgen,r=x"), "J\xC3\xBCrgen");  // As it is spelled.
  EXPECT_EQ(NameOf("n,,n= user ,r=x"), " user ");
}

TEST(ScramClientFirst, OtherNamesAreNone) {
  for (const std::string_view name :
       {"", "a=", "a=2", "a=2c", "a=41", "=", "a\x01", "a\x7F", "\xC3", "\xED\xA0\x80"}) {
    EXPECT_NE(FlawOfFirst("n,,n=" + std::string(name) + ",r=x"), "") << name;
  }
  EXPECT_NE(FlawOfFirst(std::string_view("n,,n=a\0,r=x", 11)), "");
  const std::string longest(kMaxScramNameBytes, 'x');
  EXPECT_EQ(NameOf("n,,n=" + longest + ",r=x"), longest);
  EXPECT_EQ(NameOf("n,,n=" + longest + "x,r=x"), "(none)");
}

TEST(ScramClientFirst, SaysWhatIsNotOffered) {
  EXPECT_NE(FlawOfFirst("p=tls-exporter,,n=user,r=x").find("channel"), std::string::npos);
  EXPECT_NE(FlawOfFirst("n,,m=x,n=user,r=x").find("extension"), std::string::npos);
  EXPECT_NE(FlawOfFirst("n,,n=user,r=x,m=x").find("extension"), std::string::npos);
  EXPECT_NE(FlawOfFirst("n,a=root,n=user,r=x").find("another user"), std::string::npos);
  EXPECT_NE(FlawOfFirst("n,a=use=,n=user,r=x").find("another user"), std::string::npos);
}

TEST(ScramClientFirst, OverlooksWhatItMay) { EXPECT_EQ(NameOf("n,,n=user,r=x,t=1,X=y"), "user"); }

TEST(ScramClientFirst, IsWholeOrNone) {
  for (const std::string_view message : {"",
                                         "n",
                                         "n,",
                                         "n,,",
                                         "n,,n=user",
                                         "n,,n=user,",
                                         "n,,n=user,r=",
                                         "n,,r=x,n=user",
                                         "n,,n=user,r=x,",
                                         "n,,n=user,r=x,,t=1",
                                         "n,,n=user,r=x,t",
                                         "n,,n=user,r=x,t=",
                                         "n,,n=user,r=x,1=y",
                                         "x,,n=user,r=x",
                                         "N,,n=user,r=x",
                                         "n,b=user,n=user,r=x",
                                         "n=user,r=x",
                                         "n,n=user,r=x",
                                         "n,,n=user,r=a b",
                                         "n,,n=user,r=\xC3\xBC"}) {
    EXPECT_NE(FlawOfFirst(message), "") << message;
  }
}

TEST(ScramClientFirst, HasAGreatestLength) {
  const std::string nonce(kMaxScramNonceBytes, 'x');
  EXPECT_EQ(NameOf("n,,n=user,r=" + nonce), "user");
  EXPECT_NE(FlawOfFirst("n,,n=user,r=" + nonce + "x"), "");
  std::string message = "n,,n=user,r=x,t=";
  message.resize(kMaxScramMessageBytes, 'x');
  EXPECT_EQ(NameOf(message), "user");
  EXPECT_NE(FlawOfFirst(message + "x"), "");
}

// -- client-final-message.

constexpr std::string_view kProof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

bool IsFinal(std::string_view message) { return ReadScramClientFinal(message).ok(); }

TEST(ScramClientFinal, IsTakenApart) {
  const auto final = ReadScramClientFinal(kClientFinal);
  ASSERT_TRUE(final.ok());
  EXPECT_EQ(final->channel_binding, "biws");
  EXPECT_EQ(final->nonce, "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
  EXPECT_EQ(final->without_proof, kClientFinal.substr(0, kClientFinal.rfind(",p=")));
  EXPECT_EQ(Base64Of(final->proof), kProof);
}

TEST(ScramClientFinal, IsWholeOrNone) {
  const std::string proof(kProof);
  EXPECT_TRUE(IsFinal("c=biws,r=x,p=" + proof));
  EXPECT_TRUE(IsFinal("c=biws,r=x,t=1,p=" + proof));
  for (const std::string& message :
       {std::string(), std::string("p="), "p=" + proof, ",p=" + proof, "c=biws,p=" + proof,
        "c=,r=x,p=" + proof, "c=biws,r=,p=" + proof, "r=x,c=biws,p=" + proof,
        "c=biws,r=x,p=" + proof + ",", "c=biws,r=x,p=" + proof + ",t=1",
        "c=biws,r=x,m=1,p=" + proof, "c=biws,r=x,,p=" + proof, "c=biws,r=x,P=" + proof,
        std::string("c=biws,r=x"), std::string("c=biws,r=x,p=")}) {
    EXPECT_FALSE(IsFinal(message)) << message;
  }
}

TEST(ScramClientFinal, AProofHasOneSpelling) {
  const std::string before = "c=biws,r=x,p=";
  const std::string proof(kProof);
  EXPECT_FALSE(IsFinal(before + proof.substr(0, 43)));         // Without padding.
  EXPECT_FALSE(IsFinal(before + proof.substr(0, 42) + "R="));  // A bit that says nothing.
  EXPECT_FALSE(IsFinal(before + proof.substr(0, 20) + "\n" + proof.substr(20)));
  EXPECT_FALSE(IsFinal(before + "AA" + proof));
  EXPECT_FALSE(IsFinal(before + proof.substr(4)));
}

TEST(ScramClientFinal, HasAGreatestLength) {
  std::string message = "c=biws,r=x,t=";
  message.resize(kMaxScramMessageBytes - kProof.size() - 3, 'x');
  const std::string end = ",p=" + std::string(kProof);
  EXPECT_TRUE(IsFinal(message + end));
  EXPECT_FALSE(IsFinal(message + "x" + end));
}

// -- Keys.

// The keys that the example has, from its password.
TEST(Scram, HasItsKeysFromAPassword) {
  const ScramCredential credential = Pencil();
  EXPECT_EQ(credential.iterations, 4096u);
  EXPECT_EQ(credential.salt, kSalt);
  EXPECT_EQ(Base64Of(credential.stored_key), "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
  EXPECT_EQ(Base64Of(credential.server_key), "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(ScramDecoys, AreTheSameForTheSameName) {
  const ScramDecoys decoys({1, 2, 3}, 4096, 16);
  const ScramCredential one = decoys.Of("nobody");
  const ScramCredential again = decoys.Of("nobody");
  EXPECT_EQ(one.iterations, 4096u);
  EXPECT_EQ(one.salt.size(), 16u);
  EXPECT_EQ(one.salt, again.salt);
  EXPECT_EQ(one.stored_key, again.stored_key);
  const ScramCredential other = decoys.Of("nobody else");
  EXPECT_NE(one.salt, other.salt);
  EXPECT_NE(one.stored_key, other.stored_key);
  const ScramDecoys elsewhere({1, 2, 4}, 4096, 16);
  EXPECT_NE(one.salt, elsewhere.Of("nobody").salt);
}

}  // namespace
}  // namespace signet::auth
