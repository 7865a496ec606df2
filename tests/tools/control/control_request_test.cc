// What may be asked, and what is said of all else.
#include "tools/control/control_request.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

Expected<ControlRequest, ControlAnswer> Post(std::string path, std::string body) {
  return ReadControlRequest(
      {.is_post = true, .path = "/api/v1/" + std::move(path), .body = std::move(body)});
}
Expected<ControlRequest, ControlAnswer> List(
    std::map<std::string, std::string, std::less<>> parameters) {
  return ReadControlRequest({.path = "/api/v1/clients", .parameters = std::move(parameters)});
}

template <typename Request>
Request As(const Expected<ControlRequest, ControlAnswer>& read) {
  EXPECT_TRUE(read.ok()) << read.error().json;
  const auto* request = read.ok() ? std::get_if<Request>(&*read) : nullptr;
  EXPECT_NE(request, nullptr);
  return request != nullptr ? *request : Request{};
}
int Refusal(const Expected<ControlRequest, ControlAnswer>& read) {
  if (read.ok()) return 200;
  EXPECT_TRUE(read.error().json.starts_with("{\"error\":\"")) << read.error().json;
  return read.error().status;
}

TEST(ControlRequest, IsOfAPageOfClients) {
  const auto first = As<ListRequest>(List({}));
  EXPECT_EQ(first.shard, 0u);
  EXPECT_EQ(first.slot, 0u);
  EXPECT_EQ(first.clients, ListRequest::kDefaultClients);
  EXPECT_FALSE(first.with_absent);
  const auto next =
      As<ListRequest>(List({{"after", "3.1024"}, {"limit", "7"}, {"absent", "true"}}));
  EXPECT_EQ(next.shard, 3u);
  EXPECT_EQ(next.slot, 1024u);
  EXPECT_EQ(next.clients, 7u);
  EXPECT_TRUE(next.with_absent);
}

TEST(ControlRequest, OfAPageHasBounds) {
  EXPECT_EQ(As<ListRequest>(List({{"limit", "1000"}})).clients, ListRequest::kMostClients);
  for (const char* limit : {"0", "1001", "-1", "", "7x", "99999999999"}) {
    EXPECT_EQ(Refusal(List({{"limit", limit}})), 400) << limit;
  }
  for (const char* after : {"", "3", ".", "3.", ".4", "3.4.5", "x.y", "4294967296.0"}) {
    EXPECT_EQ(Refusal(List({{"after", after}})), 400) << after;
  }
  EXPECT_EQ(Refusal(List({{"absent", "yes"}})), 400);
  EXPECT_EQ(Refusal(List({{"offset", "1"}})), 400);
}

TEST(ControlRequest, IsOfOneClient) {
  EXPECT_EQ(As<ShowRequest>(Post("client", R"({"client_id":"a/\u0001"})")).client_id, "a/\x01");
  EXPECT_EQ(As<KickRequest>(Post("kick", R"({"client_id":"c"})")).client_id, "c");
  for (const char* path : {"client", "kick"}) {
    for (const char* body : {"", "{}", "[]", R"({"client_id":""})", R"({"client_id":7})",
                             R"({"client_id":"c","force":true})", R"({"client_id":"c"}x)"}) {
      EXPECT_EQ(Refusal(Post(path, body)), 400) << path << body;
    }
  }
}

TEST(ControlRequest, IsARevocation) {
  using By = auth::Revocation::By;
  const auto user = As<RevokeRequest>(Post("revoke", R"({"by":"username","value":"ann"})"));
  EXPECT_EQ(user.revocation.by, By::kUsername);
  EXPECT_EQ(user.revocation.value, "ann");
  const auto token =
      As<RevokeRequest>(Post("revoke", R"({"by":"token","value":"1","issuer":"iss"})"));
  EXPECT_EQ(token.revocation.by, By::kToken);
  EXPECT_EQ(token.revocation.issuer, "iss");
  EXPECT_EQ(
      As<RevokeRequest>(Post("revoke", R"({"by":"certificate","value":"0A:1B"})")).revocation.value,
      "a1b");
  for (const char* body :
       {"{}", R"({"by":"username"})", R"({"by":"user","value":"ann"})",
        R"({"by":"token","value":"1"})", R"({"by":"token","value":"1","isuer":"iss"})",
        R"({"by":"certificate","value":"xyz"})", R"({"by":"service_account","value":"pump"})"}) {
    EXPECT_EQ(Refusal(Post("revoke", body)), 400) << body;
  }
}

TEST(ControlRequest, IsAnExplanationOfAClientThatIsThere) {
  const auto request =
      As<ExplainRequest>(Post("explain", R"({"action":"publish","topic":"a/b","client_id":"c"})"));
  EXPECT_EQ(request.action, Action::kPublish);
  EXPECT_EQ(request.topic, "a/b");
  EXPECT_EQ(request.client_id, "c");
  EXPECT_FALSE(request.supposed.has_value());
  EXPECT_FALSE(request.manner.qos.has_value());
}

TEST(ControlRequest, IsAnExplanationOfSomethingInSomeManner) {
  const auto request = As<ExplainRequest>(
      Post("explain", R"({"action":"publish","topic":"a","client_id":"c","qos":2,"retain":true})"));
  EXPECT_EQ(request.manner.qos, QoS::kExactlyOnce);
  EXPECT_TRUE(request.manner.retain);
}

TEST(ControlRequest, IsAnExplanationOfOneThatNeedNotExist) {
  const auto request = As<ExplainRequest>(Post("explain", R"({"action":"subscribe","topic":"a/#",
      "principal":{"username":"u","attributes":{"z":"1","a":"2"}},"listener":"front"})"));
  ASSERT_TRUE(request.supposed.has_value());
  EXPECT_EQ(request.supposed->username, "u");
  EXPECT_EQ(request.supposed->attributes, (Attributes{{"a", "2"}, {"z", "1"}}));
  EXPECT_EQ(request.supposed->stamp, 0u);
  EXPECT_EQ(request.listener, "front");
}

TEST(ControlRequest, OfAnExplanationHasToMakeSense) {
  for (const char* body : {
           R"({"action":"publish","topic":"a/#","client_id":"c"})",
           R"({"action":"publish","topic":"","client_id":"c"})",
           R"({"action":"subscribe","topic":"a#","client_id":"c"})",
           R"({"action":"connect","topic":"a","client_id":"c"})",
           R"({"action":"read","topic":"a","client_id":"c"})",
           R"({"action":"publish","topic":"a"})",
           R"({"action":"publish","topic":"a","client_id":"c","qos":3})",
           R"({"action":"publish","topic":"a","client_id":"c","qos":"1"})",
           R"({"action":"publish","topic":"a","client_id":"c","retain":1})",
           R"({"action":"subscribe","topic":"a","client_id":"c","retain":true})",
           R"({"action":"connect","client_id":"c","qos":1})",
           R"({"action":"publish","topic":"a","client_id":"c","listener":"front"})",
           R"({"action":"publish","topic":"a","principal":{"user":"u"}})",
           R"({"action":"publish","topic":"a","principal":{"attributes":{"a":1}}})",
           R"({"action":"publish","topic":"a","principal":"u"})",
       }) {
    EXPECT_EQ(Refusal(Post("explain", body)), 400) << body;
  }
}

TEST(ControlRequest, IsNothingAnywhereElse) {
  EXPECT_EQ(Refusal(Post("clients", "{}")), 404);
  EXPECT_EQ(Refusal(ReadControlRequest({.path = "/api/v1/kick"})), 404);
  EXPECT_EQ(Refusal(ReadControlRequest({.path = "/"})), 404);
}

}  // namespace
}  // namespace signet
