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
  return WithFields({"Cache-Control: " + std::string(value) + "\r\n"}).fresh_s();
}

constexpr std::string_view kDate = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

std::optional<uint64_t> FreshUntil(std::string_view value) {
  return WithFields({kDate, "Expires: " + std::string(value) + "\r\n"}).fresh_s();
}

std::string ETag(std::string_view value) {
  return WithFields({"ETag: " + std::string(value) + "\r\n"}).etag();
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
  EXPECT_EQ(head.fresh_s(), 5);
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
  EXPECT_EQ(WithFields({"Cache-Control: no-store\r\n", "Cache-Control: max-age=300\r\n"}).fresh_s(),
            0);
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

// RFC 9111, 4.2.1: what Cache-Control says comes first.
TEST(ResponseHead, ReckonsFromDateToExpires) {
  EXPECT_EQ(FreshUntil("Sun, 06 Nov 1994 08:50:37 GMT"), 60);
  EXPECT_EQ(FreshUntil("Mon, 07 Nov 1994 08:49:37 GMT"), 86'400);
  EXPECT_EQ(FreshUntil("Sun, 06 Nov 1994 08:49:37 GMT"), 0);
  EXPECT_EQ(FreshUntil("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
  EXPECT_EQ(FreshUntil("Thu, 01 Jan 9998 00:00:00 GMT"), 2'147'483'648);
  EXPECT_EQ(WithFields({kDate, "Cache-Control: max-age=9\r\n",
                        "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"})
                .fresh_s(),
            9);
  EXPECT_EQ(
      WithFields({kDate, "Cache-Control: public\r\n", "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"})
          .fresh_s(),
      60);
  EXPECT_EQ(WithFields({kDate}).fresh_s(), std::nullopt);
}

// RFC 9110, 5.6.7.
TEST(ResponseHead, ReadsDatesInEachOfTheirForms) {
  EXPECT_EQ(FreshUntil("Sunday, 06-Nov-94 08:50:37 GMT"), 60);
  EXPECT_EQ(FreshUntil("Sun Nov  6 08:50:37 1994"), 60);
}

// RFC 9111, 5.3: it lies in the past. Without a Date nobody knows how far off it is.
TEST(ResponseHead, TakesAnEndNobodyCanReadForPast) {
  for (const std::string& value :
       {std::string("0"), std::string("-1"), std::string(), std::string("soon"),
        std::string("Sun, 06 Nov 1994 08:50:37 GMT") + std::string(64, ' ') + "x",
        std::string("Sun, 06 Nov 1994 08:50:37 GMT\0", 30), std::string(10'000, '9'),
        std::string("Sun, 99 Nov 1994 08:50:37 GMT"), std::string("\xff\xfe")}) {
    EXPECT_EQ(FreshUntil(value), 0) << value;
  }
  EXPECT_EQ(WithFields({"Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"}).fresh_s(), 0);
  EXPECT_EQ(WithFields({"Date: today\r\n", "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"}).fresh_s(),
            0);
}

TEST(ResponseHead, TakesTheEarliestOfSeveralEnds) {
  EXPECT_EQ(WithFields({kDate, "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n",
                        "Expires: Sun, 06 Nov 1994 08:49:47 GMT\r\n"})
                .fresh_s(),
            10);
  EXPECT_EQ(
      WithFields({kDate, "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n", "Expires: 0\r\n"}).fresh_s(),
      0);
}

TEST(ResponseHead, TakesItsAgeOff) {
  const auto aged = [](std::string_view age) {
    return WithFields({"Cache-Control: max-age=300\r\n", "Age: " + std::string(age) + "\r\n"})
        .fresh_s();
  };
  EXPECT_EQ(aged("100"), 200);
  EXPECT_EQ(aged("300"), 0);
  EXPECT_EQ(aged("301"), 0);
  EXPECT_EQ(aged("99999999999999999999999"), 0);
  // RFC 9111, 5.1: what is no age is passed over.
  for (const std::string_view value : {"", "-1", "1.5", "old"})
    EXPECT_EQ(aged(value), 300) << value;
  EXPECT_EQ(WithFields({"Age: 100\r\n"}).fresh_s(), std::nullopt);
  EXPECT_EQ(
      WithFields({kDate, "Age: 20\r\n", "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n"}).fresh_s(),
      40);
}

TEST(ResponseHead, ReadsTheEntityTag) {
  for (const std::string_view value : {R"("xyzzy")", R"(W/"xyzzy")", R"("")", R"("a\b,c")"}) {
    EXPECT_EQ(ETag(value), value);
  }
  EXPECT_EQ(ETag('"' + std::string(254, 'x') + '"'), '"' + std::string(254, 'x') + '"');
}

// It would go out again with the next request.
TEST(ResponseHead, PassesOverWhatIsNoEntityTag) {
  for (const std::string& value :
       {std::string(), std::string("xyzzy"), std::string("\""), std::string("W/"),
        std::string("w/\"a\""), std::string("\"a\"b\""), std::string("\"a\", \"b\""),
        std::string("\"a b\""), std::string("\"a\r\""), std::string("\"a\0\"", 4),
        std::string("\"\xff\""), std::string("*"), '"' + std::string(255, 'x') + '"'}) {
    EXPECT_EQ(ETag(value), "") << value;
  }
  EXPECT_EQ(WithFields({"ETag: \"a\"\r\n", "ETag: b\r\n"}).etag(), "");
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
