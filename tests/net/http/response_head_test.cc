#include "net/http/response_head.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace signet {
namespace {

ResponseHead Read(std::initializer_list<std::string_view> lines) {
  ResponseHead head;
  for (const std::string_view line : lines) head.OnLine(line);
  return head;
}

ResponseHead WithFields(std::initializer_list<std::string_view> fields) {
  ResponseHead head;
  head.OnLine("HTTP/1.1 200 OK\r\n");
  for (const std::string_view field : fields) head.OnLine(field);
  head.OnLine("\r\n");
  return head;
}

std::optional<uint64_t> MaxAge(std::string_view value) {
  return WithFields({"Cache-Control: " + std::string(value) + "\r\n"}).max_age_s();
}

std::optional<uint64_t> RetryAfter(std::string_view value) {
  return WithFields({"Retry-After: " + std::string(value) + "\r\n"}).retry_after_s();
}

TEST(ResponseHead, ReadsTheStatusOfEitherProtocol) {
  EXPECT_EQ(Read({"HTTP/1.1 404 Not Found\r\n", "\r\n"}).status(), 404);
  EXPECT_EQ(Read({"HTTP/2 200 \r\n", "\r\n"}).status(), 200);
  EXPECT_TRUE(Read({"HTTP/2 200 \r\n", "\r\n"}).is_complete());
  EXPECT_FALSE(Read({"HTTP/2 200 \r\n"}).is_complete());
}

TEST(ResponseHead, HasNoStatusWhereThereIsNone) {
  for (const std::string_view line : {"HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 abc\r\n",
                                      "HTTP/1.1 -20\r\n", "HTTP/1.1 20\r\n", "HTTP/ "}) {
    EXPECT_EQ(Read({line, "\r\n"}).status(), 0) << line;
    EXPECT_FALSE(Read({line, "\r\n"}).is_complete()) << line;
  }
}

TEST(ResponseHead, BeginsAnewAfterAnInterimResponse) {
  const ResponseHead head = Read({"HTTP/1.1 103 Early Hints\r\n", "Retry-After: 5\r\n",
                                  "Content-Type: a/b\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n"});
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.retry_after_s(), std::nullopt);
  EXPECT_EQ(head.content_type(), "");
}

TEST(ResponseHead, BelievesNoTrailer) {
  ResponseHead head = WithFields({"Cache-Control: max-age=5\r\n"});
  for (const std::string_view line : {"Cache-Control: no-store\r\n", "Retry-After: 1\r\n",
                                      "Content-Type: a/b\r\n", "HTTP/1.1 500 Oh\r\n"}) {
    head.OnLine(line);
  }
  EXPECT_EQ(head.status(), 200);
  EXPECT_EQ(head.max_age_s(), 5);
  EXPECT_EQ(head.retry_after_s(), std::nullopt);
  EXPECT_EQ(head.content_type(), "");
}

TEST(ResponseHead, GivesTheContentTypeInLowerCaseAndAlone) {
  EXPECT_EQ(WithFields({"content-TYPE:Application/JSON ; charset=utf-8\r\n"}).content_type(),
            "application/json");
  EXPECT_EQ(WithFields({"Content-Type: \t text/plain\r\n"}).content_type(), "text/plain");
  EXPECT_EQ(WithFields({"Content-Type:\r\n"}).content_type(), "");
  EXPECT_EQ(WithFields({"Content-Type : text/plain\r\n"}).content_type(), "");  // RFC 9112, 5.1.
}

TEST(ResponseHead, ReadsTheLifetime) {
  EXPECT_EQ(MaxAge("max-age=300"), 300);
  EXPECT_EQ(MaxAge("public, Max-Age = 300 , immutable"), 300);
  EXPECT_EQ(MaxAge("max-age=\"60\""), 60);
  EXPECT_EQ(MaxAge("private"), std::nullopt);
  EXPECT_EQ(MaxAge(""), std::nullopt);
  EXPECT_EQ(MaxAge(",,, ,"), std::nullopt);
  EXPECT_EQ(MaxAge("s-maxage=5"), std::nullopt);
}

TEST(ResponseHead, TakesNoStoreAndNoCacheForNoLifetime) {
  EXPECT_EQ(MaxAge("no-store"), 0);
  EXPECT_EQ(MaxAge("max-age=300, no-cache"), 0);
  EXPECT_EQ(MaxAge("no-cache=\"a, b\", max-age=300"), 0);
  EXPECT_EQ(
      WithFields({"Cache-Control: no-store\r\n", "Cache-Control: max-age=300\r\n"}).max_age_s(), 0);
}

TEST(ResponseHead, TakesTheShortestOfSeveralLifetimes) {
  EXPECT_EQ(MaxAge("max-age=300, max-age=20"), 20);
  EXPECT_EQ(MaxAge("max-age=20, max-age=300"), 20);
}

TEST(ResponseHead, LooksForNoDirectiveWithinQuotes) {
  EXPECT_EQ(MaxAge("ext=\"x, no-store\", max-age=9"), 9);
  EXPECT_EQ(MaxAge("ext=\"\\\", no-store\", max-age=9"), 9);
  EXPECT_EQ(MaxAge("ext=\"never closed, no-store"), std::nullopt);
  EXPECT_EQ(MaxAge("ext=\"\\"), std::nullopt);
}

// RFC 9111, 4.2.1: a response with such a thing is to be considered stale.
TEST(ResponseHead, TakesALifetimeNobodyCanReadForNone) {
  for (const std::string_view value : {"max-age", "max-age=", "max-age=-1", "max-age=1.5",
                                       "max-age=0x10", "max-age=\"", "max-age=10s"}) {
    EXPECT_EQ(MaxAge(value), 0) << value;
  }
}

// RFC 9111, 1.2.2.
TEST(ResponseHead, CutsALifetimeThatDoesNotFit) {
  EXPECT_EQ(MaxAge("max-age=99999999999999999999999"), 2'147'483'648);
  EXPECT_EQ(MaxAge("max-age=2147483649"), 2'147'483'648);
}

TEST(ResponseHead, ReadsRetryAfterInSecondsOnly) {
  EXPECT_EQ(RetryAfter("120"), 120);
  EXPECT_EQ(RetryAfter("0"), 0);
  EXPECT_EQ(RetryAfter("99999999999999999999999"), 2'147'483'648);
  for (const std::string_view value : {"", "-1", "soon", "1 2", "Fri, 31 Dec 1999 23:59:59 GMT"}) {
    EXPECT_EQ(RetryAfter(value), std::nullopt) << value;
  }
}

TEST(ResponseHead, PassesOverLinesThatAreNone) {
  const ResponseHead head =
      WithFields({"no colon\r\n", ":\r\n", " Retry-After: 1\r\n", "\tContent-Type: a/b\r\n",
                  std::string_view("\0\0:\xff\r\n", 7), "Retry-After: 3\r\n"});
  EXPECT_EQ(head.retry_after_s(), 3);
  EXPECT_EQ(head.content_type(), "");
}

}  // namespace
}  // namespace signet
