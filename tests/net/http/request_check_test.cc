#include "net/http/request_check.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

HttpRequest RequestOf(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

HttpRequest WithHeader(std::string name, std::string_view value) {
  HttpRequest request = RequestOf("https://a.example/");
  request.headers.emplace_back(std::move(name), SecretBytes(value));
  return request;
}

std::string HostOf(const std::string& url) {
  const auto target = CheckRequest(RequestOf(url));
  return target.ok() ? target->host : "[" + target.error().sentence + "]";
}

TEST(CheckRequest, NamesTheHostAndThePortIfThereIsOne) {
  EXPECT_EQ(HostOf("https://issuer.example/keys?token=secret"), "issuer.example");
  EXPECT_EQ(HostOf("https://issuer.example:8443/keys"), "issuer.example:8443");
  EXPECT_EQ(HostOf("HTTPS://[::1]:8443"), "[::1]:8443");
}

TEST(CheckRequest, RefusesWhatIsNoHttpsUrl) {
  for (const char* url :
       {"", "http://a.example/", "ftp://a.example/", "file:///etc/passwd", "a.example",
        "//a.example/", "https:a.example", "https://", "https:///path", "https://a.example:99999/",
        "javascript:x", "https://a b.example/", "https://a.example/\r\nHost: b",
        "https://a.example/\x7f", "https://a.example/\xc3\xa4", "https://[::1/",
        "gopher://a.example/"}) {
    EXPECT_FALSE(CheckRequest(RequestOf(url)).ok()) << url;
  }
  EXPECT_FALSE(CheckRequest(RequestOf(std::string("https://a.example/\0b", 20))).ok());
  EXPECT_FALSE(CheckRequest(RequestOf("https://a.example/" + std::string(9000, 'x'))).ok());
}

TEST(CheckRequest, RefusesAUserAndDoesNotRepeatIt) {
  for (const char* url :
       {"https://u1:p1@a.example/", "https://u1@a.example/", "https://:p1@a.example/"}) {
    const auto target = CheckRequest(RequestOf(url));
    ASSERT_FALSE(target.ok()) << url;
    EXPECT_EQ(target.error().sentence.find("u1"), std::string::npos) << target.error().sentence;
    EXPECT_EQ(target.error().sentence.find("p1"), std::string::npos) << target.error().sentence;
  }
}

TEST(CheckRequest, TakesEveryHeaderThatIsOne) {
  EXPECT_TRUE(CheckRequest(WithHeader("Authorization", "Bearer a.b-c_d~e+f/g=")).ok());
  EXPECT_TRUE(CheckRequest(WithHeader("x-!#$%&'*+.^_`|~9", "")).ok());
  EXPECT_TRUE(CheckRequest(WithHeader("X", "tab\tand \xc3\xa4")).ok());
}

TEST(CheckRequest, RefusesLineEndsAndOtherControlsInValues) {
  for (char c = 0; c < 0x20; ++c) {
    const std::string value = std::string("secret") + c + "X: y";
    const auto target = CheckRequest(WithHeader("X", value));
    EXPECT_EQ(target.ok(), c == '\t') << int{c};
    if (target.ok()) continue;
    EXPECT_EQ(target.error().sentence.find("secret"), std::string::npos);
  }
  EXPECT_FALSE(CheckRequest(WithHeader("X", "\x7f")).ok());
}

TEST(CheckRequest, RefusesNamesThatAreNone) {
  for (const std::string_view name :
       {"", "a b", "a:", "a;", "a\r", "a\n", "\xc3\xa4", "a\"", "(a)"}) {
    EXPECT_FALSE(CheckRequest(WithHeader(std::string(name), "v")).ok()) << name;
  }
  EXPECT_FALSE(CheckRequest(WithHeader(std::string("a\0b", 3), "v")).ok());
}

TEST(CheckRequest, LeavesFramingToTheTransport) {
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "Expect",
                           "TE", "Upgrade", "Trailer", "Keep-Alive", "Proxy-Connection"}) {
    EXPECT_FALSE(CheckRequest(WithHeader(name, "1")).ok()) << name;
  }
}

TEST(CheckRequest, BoundsWhatIsSent) {
  HttpRequest many = RequestOf("https://a.example/");
  for (int i = 0; i < 101; ++i) many.headers.emplace_back("X", SecretBytes("y"));
  EXPECT_FALSE(CheckRequest(many).ok());
  many.headers.pop_back();
  EXPECT_TRUE(CheckRequest(many).ok());
  EXPECT_FALSE(CheckRequest(WithHeader("X", std::string(65'536, 'y'))).ok());
}

TEST(CheckRequest, NamesTheHostInEachSentenceAboutHeaders) {
  EXPECT_TRUE(CheckRequest(WithHeader("a b", "v")).error().sentence.starts_with("a.example: "));
}

}  // namespace
}  // namespace signet
