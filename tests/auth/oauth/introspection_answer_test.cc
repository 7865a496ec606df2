// Which answers of an authorization server say that a token is active (RFC 7662, 2.2).
#include "auth/oauth/introspection_answer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace signet::auth {
namespace {

std::string Words(const IntrospectionAnswer& answer) {
  if (const auto* denied = std::get_if<Denied>(&answer)) return "denied: " + denied->rule;
  if (const auto* none = std::get_if<Unavailable>(&answer)) return "unavailable: " + none->why;
  return fmt::format("active: {}", std::get<ActiveToken>(answer).claims.subject);
}

std::string ReadAs(uint16_t status, std::string_view body,
                   std::string_view content_type = "application/json") {
  HttpResponse response;
  response.status = status;
  response.content_type = std::string(content_type);
  response.body = SecretBytes(body);
  return Words(ReadIntrospection(response));
}

std::string Read(std::string_view body) { return ReadAs(200, body); }

// {"active":true, ... }
std::string ReadActive(std::string_view more) {
  return Read(fmt::format(R"({{"active":true,"sub":"a"{}}})", more));
}

constexpr std::string_view kNotSaid =
    "unavailable: the introspection endpoint's answer does not say whether the token is active";

TEST(Introspection, OnlyAClearAnswerIsActive) {
  EXPECT_EQ(Read(R"({"active":true,"sub":"pump-7"})"), "active: pump-7");
  EXPECT_EQ(Read(R"({"active":true})"), "active: ");
  EXPECT_EQ(Read(R"( {"sub":"a", "\u0061ctive" : true} )"), "active: a");
}

TEST(Introspection, ATokenThatIsNotActiveIsDenied) {
  constexpr std::string_view kInactive =
      "denied: the introspection endpoint says that the token is not active";
  EXPECT_EQ(Read(R"({"active":false})"), kInactive);
  // Whatever else it says.
  EXPECT_EQ(Read(R"({"active":false,"sub":"a","exp":"never","token_type":7})"), kInactive);
}

TEST(Introspection, ActiveMustBeTrueOrFalse) {
  for (const char* value : {"\"true\"", "1", "null", "[true]", "{}", "\"\""}) {
    EXPECT_EQ(Read(fmt::format(R"({{"active":{}}})", value)), kNotSaid) << value;
  }
  EXPECT_EQ(Read("{}"), kNotSaid);
  EXPECT_EQ(Read(R"({"Active":true,"ACTIVE":true})"), kNotSaid);
  EXPECT_EQ(Read(R"({"claims":{"active":true}})"), kNotSaid);
}

// Two readers could see two things in it.
TEST(Introspection, WhatIsSaidTwiceIsNotSaid) {
  EXPECT_EQ(Read(R"({"active":false,"active":true})"),
            "unavailable: the introspection endpoint's answer has a member twice");
  EXPECT_EQ(ReadActive(R"(,"exp":1,"exp":2)"),
            "unavailable: the introspection endpoint's answer has a member twice");
}

TEST(Introspection, GarbageIsNoVerdict) {
  for (const std::string& body :
       {std::string(), std::string("true"), std::string("active"), std::string("<html>"),
        std::string("[{\"active\":true}]"), std::string("{\"active\":true"),
        std::string("{\"active\":true}}"), std::string("{\"active\":true,}"),
        std::string("{\"active\":True}"), std::string("{\"active\":true}\0", 16),
        std::string("\xFF{\"active\":true}"), std::string("{\"active\":true,\"a\":\"\xFF\"}"),
        std::string(1000, '[')}) {
    EXPECT_TRUE(Read(body).starts_with("unavailable: the introspection endpoint's answer is no "))
        << body << Read(body);
  }
  std::string deep = R"({"active":true,"a":)";
  for (int i = 0; i < 20; ++i) deep += "[";
  for (int i = 0; i < 20; ++i) deep += "]";
  EXPECT_EQ(Read(deep + "}"),
            "unavailable: the introspection endpoint's answer is nested too deeply");
}

TEST(Introspection, HugeIsNoVerdict) {
  const std::string padding(kMaxIntrospectionBytes, ' ');
  EXPECT_EQ(Read(R"({"active":true})" + padding),
            "unavailable: the introspection endpoint's answer is too long");
}

// 401 and 403 are the server's word on the broker, not on the token.
TEST(Introspection, AnyOtherStatusIsNoVerdict) {
  constexpr std::string_view kActive = R"({"active":true,"sub":"a"})";
  for (const auto status : std::to_array<uint16_t>(
           {100, 201, 204, 206, 301, 302, 307, 400, 404, 405, 415, 429, 500, 502, 503, 504})) {
    EXPECT_EQ(
        ReadAs(status, kActive),
        fmt::format("unavailable: the introspection endpoint answers with status {}", status));
  }
  for (const auto status : std::to_array<uint16_t>({401, 403})) {
    EXPECT_EQ(ReadAs(status, kActive),
              fmt::format("unavailable: the introspection endpoint answers to the broker itself "
                          "with status {}",
                          status));
  }
}

TEST(Introspection, AnythingButJsonIsNoVerdict) {
  for (const char* type : {"", "text/html", "text/plain", "application/jwt", "application/jsonp",
                           "application/token-introspection+jwt"}) {
    EXPECT_EQ(ReadAs(200, R"({"active":true})", type),
              "unavailable: the introspection endpoint's answer is not application/json")
        << type;
  }
}

TEST(Introspection, ClaimsThatAreNoneAreNoVerdict) {
  const auto why = [](std::string_view flaw) {
    return fmt::format(
        "unavailable: the introspection endpoint's answer is not as it should be: "
        "the claim {}",
        flaw);
  };
  EXPECT_EQ(ReadActive(R"(,"exp":"1700003600")"), why("exp is no time"));
  EXPECT_EQ(ReadActive(R"(,"exp":null)"), why("exp is no time"));
  EXPECT_EQ(ReadActive(R"(,"exp":-1)"), why("exp is no time"));
  EXPECT_EQ(ReadActive(R"(,"nbf":[])"), why("nbf is no time"));
  EXPECT_EQ(ReadActive(R"(,"iat":"now")"), why("iat is no time"));
  EXPECT_EQ(ReadActive(R"(,"iss":7)"), why("iss is no text"));
  EXPECT_EQ(ReadActive(R"(,"aud":7)"), why("aud is neither a text nor a list of texts"));
  EXPECT_EQ(Read(R"({"active":true,"sub":null})"), why("sub is no text"));
}

TEST(Introspection, OfATokenThatIsBoundNobodyIsTheBearer) {
  EXPECT_EQ(ReadActive(R"(,"token_type":"Bearer")"), "active: a");
  EXPECT_EQ(ReadActive(R"(,"token_type":"bearer")"), "active: a");
  for (const char* type : {"DPoP", "mac", "PoP", "N_A", "", "Bearer "}) {
    EXPECT_EQ(ReadActive(fmt::format(R"(,"token_type":"{}")", type)),
              "denied: the token is none that counts for whoever bears it")
        << type;
  }
  EXPECT_EQ(ReadActive(R"(,"token_type":["Bearer"])"),
            "unavailable: the introspection endpoint's answer has a token_type that is no text");
  for (const char* bond : {R"({"jkt":"x"})", R"({"x5t#S256":"x"})", "{}", "null"}) {
    EXPECT_EQ(ReadActive(fmt::format(R"(,"cnf":{})", bond)), "denied: the token is bound to a key");
  }
}

}  // namespace
}  // namespace signet::auth
