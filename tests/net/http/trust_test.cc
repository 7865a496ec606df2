// Whom a CurlFetcher believes, whom it shows itself to, and what it says when it does not get
// there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "tests/net/http/http_world.h"
#include "tests/net/http/interposed.h"

namespace signet {
namespace {

bool SaysThat(const std::string& sentence, std::string_view what) {
  return sentence.find(".test:") != sentence.npos && sentence.find(what) != sentence.npos;
}

HttpRequest RequestToHost(const std::string& host, const std::string& server = "good") {
  HttpRequest request = RequestFor("json");
  request.url = HttpServers::Get().Url(server, "json", host);
  return request;
}

TEST(Trust, IsNotGivenToAStranger) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("stranger", "json"));
  EXPECT_TRUE(SaysThat(sentence, "its certificate is not trusted")) << sentence;
}

TEST(Trust, IsNotGivenToAnotherName) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestToHost("bad.test"));
  EXPECT_TRUE(SaysThat(sentence, "its certificate is for another name")) << sentence;
}

TEST(Trust, IsNotGivenToAnExpiredCertificate) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("expired", "json"));
  EXPECT_TRUE(SaysThat(sentence, "its certificate has expired")) << sentence;
}

TEST(Trust, IsNotGivenToOldVersionsOfTls) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("old", "json"));
  EXPECT_TRUE(SaysThat(sentence, "the TLS handshake fails")) << sentence;
  EXPECT_EQ(LowestTlsVersion(), 0x0303u);
}

TEST(Trust, InAGivenCaIsInNobodyElse) {
  FetchLoop loop;
  const uint32_t before = LoadsOfSystemRoots();
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  EXPECT_EQ(LoadsOfSystemRoots(), before);
  const std::string sentence =
      loop.AskForFailure(RequestFor("json", std::make_shared<HttpTrust>()));
  EXPECT_TRUE(SaysThat(sentence, "its certificate is not trusted")) << sentence;
  EXPECT_GT(LoadsOfSystemRoots(), before);  // With none given, those of the system are asked.
}

TEST(Trust, ThatCannotBeReadIsNone) {
  FetchLoop loop;
  const auto trust = std::make_shared<HttpTrust>(HttpTrust{.ca_pem = "not a certificate"});
  const std::string sentence = loop.AskForFailure(RequestFor("json", trust));
  EXPECT_TRUE(SaysThat(sentence, "cannot be read")) << sentence;
}

TEST(ClientCertificate, IsShownToWhoAsksForIt) {
  FetchLoop loop;
  const std::string text =
      loop.AskText(RequestTo("mutual", "subject", HttpServers::Get().TrustAs("broker 1")));
  EXPECT_TRUE(text.ends_with("broker 1")) << text;
}

bool SaysThatOneIsMissing(const std::string& sentence) {
  return SaysThat(sentence, "may want another client certificate, or any");
}

TEST(ClientCertificate, ThatIsMissingIsAFailure) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("mutual", "subject"));
  EXPECT_TRUE(SaysThatOneIsMissing(sentence)) << sentence;
}

// A connection on which one of us has proven who it is must not carry the other's requests.
TEST(ClientCertificate, IsSharedWithNoOtherTrust) {
  FetchLoop loop;
  const HttpServers& servers = HttpServers::Get();
  const auto one = servers.TrustAs("one");
  const auto two = servers.TrustAs("two");
  const std::string first = loop.AskText(RequestTo("mutual", "subject", one));
  const std::string second = loop.AskText(RequestTo("mutual", "subject", two));
  EXPECT_TRUE(first.ends_with(" one")) << first;
  EXPECT_TRUE(second.ends_with(" two")) << second;
  EXPECT_EQ(loop.AskText(RequestTo("mutual", "subject", one)), first);  // Names its connection too.
  EXPECT_EQ(loop.AskText(RequestTo("mutual", "subject", two)), second);
  const std::string sentence = loop.AskForFailure(RequestTo("mutual", "subject"));
  EXPECT_TRUE(SaysThatOneIsMissing(sentence)) << sentence;
}

// Nor may one that trusts another CA, or one that says the same and is another object.
TEST(Trust, IsSharedWithNoOther) {
  FetchLoop loop;
  const HttpServers& servers = HttpServers::Get();
  const auto trust = servers.Trust();
  const std::string first = loop.AskText(RequestFor("who", trust));
  EXPECT_TRUE(first.ends_with("request 1")) << first;
  const auto other = std::make_shared<HttpTrust>(HttpTrust{.ca_pem = TestCa("Other CA").pem()});
  EXPECT_TRUE(SaysThat(loop.AskForFailure(RequestFor("who", other)), "not trusted"));
  const std::string same = loop.AskText(RequestFor("who", servers.Trust()));
  EXPECT_TRUE(same.ends_with("request 1")) << same;
  const std::string again = loop.AskText(RequestFor("who", trust));
  EXPECT_TRUE(again.ends_with("request 2")) << again;
}

TEST(ClientCertificate, ThatCannotBeUsedIsAFailure) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().TrustAs("broker");
  trust->client_key_pem = SecretBytes("secret, but not a key");
  const std::string sentence = loop.AskForFailure(RequestTo("mutual", "subject", trust));
  EXPECT_TRUE(SaysThat(sentence, "our client certificate or its key cannot be used")) << sentence;
  EXPECT_EQ(sentence.find("secret"), sentence.npos);
}

// OpenSSL would ask for its password at the terminal, and the thread would wait for it.
TEST(ClientCertificate, WithAnEncryptedKeyAsksNobody) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().TrustAs("broker");
  trust->client_key_pem = SecretBytes(R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjSp+SBsEW+vgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEI5M89nw7Ew6xc7Q+H6w44IEgZAf
o1TKkZr5r4odNWuF+ASVB+shNr/NxW9wuxaUH/6z8pS5IdgFchfokYoV8dfvuWuA
gsik38wZtrnNJ3RK5D7GnAJZCPSRCN1NBGrdy1HBdJkICte6D0SYD7F+Q5laM7eR
yl8ccJDKHIBTMkaCuqEP4h2+sERr6OxyvtF9ZDgFOzE4rDZGMZO8NyhkrJU7J8k=
-----END ENCRYPTED PRIVATE KEY-----
)");
  const std::string sentence = loop.AskForFailure(RequestTo("mutual", "subject", trust));
  EXPECT_TRUE(SaysThat(sentence, "our client certificate or its key cannot be used")) << sentence;
}

TEST(Reaching, AClosedPortSaysWhy) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("closed", "json"));
  EXPECT_TRUE(SaysThat(sentence, "no connection (Connection refused)")) << sentence;
}

TEST(Reaching, AServerThatNeverSpeaksEndsWithTheConnectTimeout) {
  FetchLoop loop;
  const auto make = [](Duration time) {
    HttpRequest request = RequestTo("mute", "json");
    request.connect_timeout = time;
    return request;
  };
  EXPECT_EQ(loop.ExpectTooLate(make, "no TLS connection"), "");
}

TEST(Reaching, AServerThatNeverSpeaksEndsWithTheTimeoutOfTheWhole) {
  FetchLoop loop;
  const auto make = [](Duration time) {
    HttpRequest request = RequestTo("mute", "json");
    request.timeout = time;
    return request;
  };
  EXPECT_EQ(loop.ExpectTooLate(make, "no TLS connection"), "");
}

TEST(Reaching, AServerWithoutTlsIsAFailure) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestTo("noise", "json"));
  EXPECT_TRUE(SaysThat(sentence, "the TLS handshake fails")) << sentence;
}

TEST(Reaching, AnUnknownNameIsAFailure) {
  FetchLoop loop;
  const std::string sentence = loop.AskForFailure(RequestToHost("nowhere.test"));
  EXPECT_TRUE(SaysThat(sentence, "its name cannot be resolved")) << sentence;
}

// Neither while the name is looked up, nor when that takes longer than somebody wants to wait.
TEST(Reaching, ASlowNameHoldsUpNobody) {
  FetchLoop loop;
  const size_t descriptors = OpenDescriptors();
  const uint32_t before = ResolvesBegun();
  auto held = std::make_unique<SlowNameHeld>();
  HttpRequest hasty = RequestToHost("slow.test");
  hasty.timeout = milliseconds(200);
  HttpRequest hasty_to_connect = RequestToHost("slow.test");
  hasty_to_connect.connect_timeout = milliseconds(200);
  const auto patient = loop.Fetch(RequestToHost("slow.test"));
  ASSERT_TRUE(loop.TurnUntil([&] { return ResolvesBegun() > before; }));
  const std::string sentence = loop.AskForFailure(std::move(hasty));
  EXPECT_TRUE(SaysThat(sentence, "its name was not resolved within 200 ms")) << sentence;
  const std::string other = loop.AskForFailure(std::move(hasty_to_connect));
  EXPECT_TRUE(SaysThat(other, "its name was not resolved within 200 ms")) << other;
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  EXPECT_EQ(ResolvesOpen(), 3u);  // All of that, and nobody has been answered yet.
  EXPECT_FALSE(patient->has_value());
  held.reset();
  ASSERT_TRUE(loop.TurnUntil([&] { return patient->has_value(); }));
  EXPECT_TRUE((*patient)->ok()) << (*patient)->error().sentence;
  loop.DestroyFetcher();
  EXPECT_TRUE(loop.TurnUntil([&] { return OpenDescriptors() == descriptors; }));
}

// And its thread finds nothing of us any more.
TEST(Reaching, AFetcherMayDieWhileANameIsLookedUp) {
  FetchLoop other;
  const size_t descriptors = OpenDescriptors();
  {
    const SlowNameHeld held;
    FetchLoop loop;
    const auto outcome = loop.Fetch(RequestToHost("slow.test"));
    ASSERT_TRUE(loop.TurnUntil([] { return ResolvesOpen() > 0; }));
    loop.DestroyFetcher();
    EXPECT_EQ(ResolvesOpen(), 1u);
    ASSERT_TRUE(outcome->has_value());
    EXPECT_FALSE((*outcome)->ok());
  }
  EXPECT_TRUE(other.TurnUntil([&] { return OpenDescriptors() == descriptors; }));
}

TEST(Reaching, IgnoresProxiesInTheEnvironment) {
  const std::string proxy = "http://127.0.0.1:1";
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    setenv(name, proxy.c_str(), 1);
  }
  FetchLoop loop;
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) unsetenv(name);
}

}  // namespace
}  // namespace signet
