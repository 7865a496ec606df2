#include "auth/policy/acl_claim.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "auth/json/json_document.h"
#include "core/base/check.h"
#include "simdjson.h"
#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

using Answer = Rights::Answer;
using Claim = std::shared_ptr<const AclClaim>;

Expected<Claim, AclFlaw> Read(std::string_view claim) {
  const auto document = JsonDocument::Read(fmt::format(R"({{"acl":{}}})", claim), 1 << 20);
  CHECK(document.ok());
  simdjson::dom::element element;
  CHECK(document->root().members().at_key("acl").get(element) == simdjson::SUCCESS);
  return AclClaim::Read(element, "plant/8883");
}

Claim MustRead(std::string_view claim) {
  const Expected<Claim, AclFlaw> read = Read(claim);
  EXPECT_TRUE(read.ok()) << claim << " " << (read.ok() ? "" : read.error().what);
  CHECK(read.ok());
  return *read;
}

std::string FlawOf(std::string_view claim) {
  const Expected<Claim, AclFlaw> read = Read(claim);
  return read.ok() ? "none" : read.error().what;
}

const Somebody kPumpOfJoe{.client_id = "pump-7", .username = "joe", .attributes = {{"line", "L1"}}};

Answer Ask(const Claim& claim, Action action, std::string_view topic, const Manner& manner = {},
           const Somebody& who = kPumpOfJoe) {
  return claim->Decide(who.principal(), who.client_id, action, topic, manner);
}
Answer AskToPublish(const Claim& claim, std::string_view topic) {
  return Ask(claim, Action::kPublish, topic);
}
Answer AskToSubscribe(const Claim& claim, std::string_view filter) {
  return Ask(claim, Action::kSubscribe, filter);
}
Answer PublishFrom(const Claim& claim, PeerFacts peer, std::string_view topic) {
  Principal principal = kPumpOfJoe.principal();
  principal.peer = std::make_shared<const PeerFacts>(std::move(peer));
  return claim->Decide(principal, kPumpOfJoe.client_id, Action::kPublish, topic, {});
}

TEST(AclClaim, AnObjectAllowsItsTopicsAndNoOthers) {
  const Claim claim = MustRead(R"({"pub": ["p/#"], "sub": ["s/+"], "all": ["a"], "more": 7})");
  EXPECT_EQ(AskToPublish(claim, "p/x"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "s/x"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(claim, "s/+"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "a"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "s/#"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(claim, "p/x"), Answer::kDenied);
}

TEST(AclClaim, AnEmptyObjectDeniesAndAnEmptyListIsSilent) {
  EXPECT_EQ(AskToPublish(MustRead("{}"), "a"), Answer::kDenied);
  EXPECT_EQ(AskToPublish(MustRead("[]"), "a"), Answer::kSilent);
}

TEST(AclClaim, SaysNothingOfConnect) {
  EXPECT_EQ(Ask(MustRead("{}"), Action::kConnect, {}), Answer::kSilent);
}

TEST(AclClaim, TheFirstRuleOfAListDecides) {
  const Claim claim = MustRead(R"([
    {"permission": "deny", "action": "pub", "topic": "a/secret"},
    {"permission": "allow", "action": "publish", "topics": ["a/#", "b"]},
    {"permission": "deny", "action": "all", "topic": "a/late"},
    {"permission": "allow", "action": "subscribe", "topic": "s/#"},
    {"permission": "allow", "action": "sub", "topic": "t", "unknown": [1]}])");
  EXPECT_EQ(AskToPublish(claim, "a/secret"), Answer::kDenied);
  EXPECT_EQ(AskToPublish(claim, "a/late"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "b"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "c"), Answer::kSilent);
  EXPECT_EQ(AskToSubscribe(claim, "s/x"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "t"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "a/late"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(claim, "b"), Answer::kSilent);
}

TEST(AclClaim, NobodyGetsAroundADenialByAskingForMore) {
  const Claim claim = MustRead(R"([{"permission": "deny", "action": "sub", "topic": "a/secret"},
                                   {"permission": "allow", "action": "sub", "topic": "#"}])");
  for (const char* filter : {"a/secret", "a/+", "a/#", "#", "+/secret", "+/#"}) {
    EXPECT_EQ(AskToSubscribe(claim, filter), Answer::kDenied) << filter;
  }
  EXPECT_EQ(AskToSubscribe(claim, "a/open"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "b/#"), Answer::kAllowed);
}

TEST(AclClaim, LiteralTopicsAreComparedAsText) {
  const Claim claim = MustRead(R"([{"permission": "deny", "action": "sub", "topic": "eq #"},
                                   {"permission": "allow", "action": "sub", "topic": "#"}])");
  EXPECT_EQ(AskToSubscribe(claim, "#"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(claim, "a/#"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(MustRead(R"({"sub": ["eq a/+"]})"), "a/b"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(MustRead(R"({"sub": ["eq a/+"]})"), "a/+"), Answer::kAllowed);
}

TEST(AclClaim, PlaceholdersAreData) {
  const Claim claim = MustRead(
      R"({"pub": ["c/${clientid}/x", "dev-${username}/#", "l/${client_attrs.line}", "${zone}/a", "n/${cert_common_name}"]})");
  EXPECT_EQ(AskToPublish(claim, "c/pump-7/x"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "dev-joe/1/2"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "l/L1"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "c/other/x"), Answer::kDenied);
  EXPECT_EQ(AskToPublish(claim, "c/${clientid}/x"), Answer::kDenied);
  EXPECT_EQ(AskToPublish(claim, "/a"), Answer::kDenied);
  for (const char* value : {"+", "#", "a/b", "", "$SYS"}) {
    const Somebody hostile{.client_id = value, .username = value, .attributes = {{"line", value}}};
    for (const char* topic : {"c/other/x", "c//x", "dev-/a", "dev-a/b", "l/L1", "l/", "c/a/b/x"}) {
      EXPECT_EQ(Ask(claim, Action::kPublish, topic, {}, hostile), Answer::kDenied)
          << value << topic;
    }
  }
}

TEST(AclClaim, ADenialThatCannotBeFilledInDeniesFromThereOn) {
  const Claim claim =
      MustRead(R"([{"permission": "deny", "action": "all", "topic": "a/${username}/x"},
                                   {"permission": "allow", "action": "all", "topic": "#"}])");
  const Somebody hostile{.client_id = "c", .username = "+", .attributes = {}};
  EXPECT_EQ(Ask(claim, Action::kPublish, "a/anything/y", {}, hostile), Answer::kDenied);
  EXPECT_EQ(Ask(claim, Action::kPublish, "b", {}, hostile), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(claim, "a/joe/x"), Answer::kDenied);
  EXPECT_EQ(AskToPublish(claim, "a/jim/x"), Answer::kAllowed);
  const Claim first = MustRead(R"([{"permission": "deny", "action": "all", "topic": "${zone}"},
                                   {"permission": "allow", "action": "all", "topics": ["#", "$SYS/#"]}])");
  EXPECT_EQ(AskToPublish(first, "b"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(first, "$SYS/#"), Answer::kDenied);
}

TEST(AclClaim, TopicsOfTheServerNeedToBeNamed) {
  EXPECT_EQ(AskToSubscribe(MustRead(R"({"all": ["#"]})"), "$SYS/#"), Answer::kDenied);
  EXPECT_EQ(AskToSubscribe(MustRead(R"({"all": ["$SYS/#"]})"), "$SYS/x"), Answer::kAllowed);
}

TEST(AclClaim, SharedSubscriptionsAreAllowedByTheirFilter) {
  const Claim claim = MustRead(R"({"sub": ["a/#"]})");
  EXPECT_EQ(AskToSubscribe(claim, "$share/g/a/b"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(claim, "$share/a/b"), Answer::kDenied);
}

std::string RuleWith(std::string_view field, std::string_view permission = "allow") {
  return fmt::format(R"([{{"permission":"{}","action":"all","topic":"a",{}}}])", permission, field);
}

TEST(AclClaim, RulesMayBeForSomeQoS) {
  for (const char* field :
       {R"("qos":1)", R"("qos":[1])", R"("qos":"1")", R"("qos":["1", 0])", R"("qos":"0, 1")"}) {
    const Claim claim = MustRead(RuleWith(field));
    for (const Action action : {Action::kPublish, Action::kSubscribe}) {
      EXPECT_EQ(Ask(claim, action, "a", {.qos = QoS::kAtLeastOnce}), Answer::kAllowed) << field;
      EXPECT_EQ(Ask(claim, action, "a", {.qos = QoS::kExactlyOnce}), Answer::kSilent) << field;
    }
    const Claim denial = MustRead(RuleWith(field, "deny"));
    EXPECT_EQ(Ask(denial, Action::kPublish, "a", {.qos = QoS::kAtLeastOnce}), Answer::kDenied);
    EXPECT_EQ(Ask(denial, Action::kPublish, "a", {.qos = QoS::kExactlyOnce}), Answer::kSilent);
  }
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("qos":[0, 1, 2])")), "a"), Answer::kAllowed);
}

// Of what was granted once it is not known with which QoS.
TEST(AclClaim, AnyQoSWillDoWhereNoneIsNamed) {
  EXPECT_EQ(AskToSubscribe(MustRead(RuleWith(R"("qos":1)")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToSubscribe(MustRead(RuleWith(R"("qos":[0, 1])", "deny")), "a"), Answer::kSilent);
  EXPECT_EQ(AskToSubscribe(MustRead(RuleWith(R"("qos":[0, 1, 2])", "deny")), "a"), Answer::kDenied);
  const Claim all_of_them = MustRead(R"([
      {"permission": "deny", "action": "all", "topic": "a", "qos": "0,1"},
      {"permission": "deny", "action": "all", "topic": "a", "qos": 2}])");
  EXPECT_EQ(AskToSubscribe(all_of_them, "a"), Answer::kDenied);
}

TEST(AclClaim, RulesMayBeForARetainFlag) {
  for (const char* field : {R"("retain":true)", R"("retain":1)", R"("retain":"true")"}) {
    const Claim claim = MustRead(RuleWith(field));
    EXPECT_EQ(Ask(claim, Action::kPublish, "a", {.retain = true}), Answer::kAllowed) << field;
    EXPECT_EQ(Ask(claim, Action::kPublish, "a", {.retain = false}), Answer::kSilent) << field;
    EXPECT_EQ(AskToSubscribe(claim, "a"), Answer::kAllowed) << field;
  }
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("retain":"all")")), "a"), Answer::kAllowed);
}

TEST(AclClaim, TheCommonNameOfACertificateMayStandInTopics) {
  const Claim claim = MustRead(R"({"pub": ["c/${cert_common_name}/#"]})");
  EXPECT_EQ(PublishFrom(claim, {.common_name = "press-3"}, "c/press-3/x"), Answer::kAllowed);
  EXPECT_EQ(PublishFrom(claim, {.common_name = "press-3"}, "c/press-4/x"), Answer::kDenied);
  for (const char* common_name : {"", "+", "a/b", "#"}) {
    for (const char* topic : {"c/press-3/x", "c/a/b/x", "c/x"}) {
      EXPECT_EQ(PublishFrom(claim, {.common_name = common_name}, topic), Answer::kDenied);
    }
  }
  EXPECT_EQ(AskToPublish(claim, "c/press-3/x"), Answer::kDenied);
}

TEST(AclClaim, RulesMayBeForNamesAndNetworks) {
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("clientid_re":"^pump-\\d+$")")), "a"),
            Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("clientid_re":"^valve")")), "a"), Answer::kSilent);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("username_re":"^jo")")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("username_re":"^ja")")), "a"), Answer::kSilent);
  const Claim claim = MustRead(RuleWith(R"("ipaddr":["10.0.0.0/8", "192.0.2.1"])"));
  const auto from = [&](std::string_view address) {
    PeerFacts peer;
    CHECK(ParseIpAddress(address, &peer.address.emplace()));
    return PublishFrom(claim, std::move(peer), "a");
  };
  EXPECT_EQ(from("10.1.2.3"), Answer::kAllowed);
  EXPECT_EQ(from("192.0.2.1"), Answer::kAllowed);
  EXPECT_EQ(from("192.0.2.2"), Answer::kSilent);
  EXPECT_EQ(AskToPublish(claim, "a"), Answer::kSilent);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("ipaddr":"10.0.0.0/8")", "deny")), "a"),
            Answer::kDenied);
}

TEST(AclClaim, RulesMayBeForAListenerAndZonesAreUnknown) {
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":"plant")")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":["x","plant"])")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":"plant/8883")")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":"plant")", "deny")), "a"),
            Answer::kDenied);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener_re":"^plant$")", "deny")), "a"),
            Answer::kDenied);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":"8883")")), "a"), Answer::kSilent);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener":"other")")), "a"), Answer::kSilent);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener_re":"^pl")")), "a"), Answer::kAllowed);
  EXPECT_EQ(AskToPublish(MustRead(RuleWith(R"("listener_re":"^x")", "deny")), "a"),
            Answer::kSilent);
  for (const char* field : {R"("zone":"z")", R"("zone_re":".")"}) {
    EXPECT_EQ(AskToPublish(MustRead(RuleWith(field)), "a"), Answer::kSilent) << field;
    EXPECT_EQ(AskToPublish(MustRead(RuleWith(field, "deny")), "a"), Answer::kDenied) << field;
  }
}

TEST(AclClaim, IsRefusedIfItIsMalformed) {
  for (const char* claim : {"null",
                            "7",
                            R"("text")",
                            "true",
                            R"({"pub": "a"})",
                            R"({"pub": [7]})",
                            R"({"sub": null})",
                            R"({"all": ["a#"]})",
                            R"({"all": [""]})",
                            R"({"all": ["a\u0000"]})",
                            R"({"all": ["${unknown}"]})",
                            R"({"all": ["${clientid"]})",
                            R"({"all": ["+${clientid}"]})",
                            R"({"all": ["${client_attrs.}"]})",
                            R"({"all": ["eq "]})",
                            "[7]",
                            "[{}]",
                            R"([{"permission":"allow","topic":"a"}])",
                            R"([{"action":"all","topic":"a"}])",
                            R"([{"permission":"allow","action":"all"}])",
                            R"([{"permission":"Allow","action":"all","topic":"a"}])",
                            R"([{"permission":"allow","action":"connect","topic":"a"}])",
                            R"([{"permission":"allow","action":"all","topic":"a","topics":["b"]}])",
                            R"([{"permission":"allow","action":"all","topic":["a"]}])",
                            R"([{"permission":"allow","action":"all","topics":"a"}])"}) {
    EXPECT_NE(FlawOf(claim), "none") << claim;
  }
  for (const char* field :
       {R"("qos":3)", R"("qos":-1)", R"("qos":[])", R"("qos":"")", R"("qos":"0,3")",
        R"("qos":null)", R"("qos":1.5)", R"("retain":2)", R"("retain":"maybe")",
        R"("ipaddr":"10.0.0.0/33")", R"("ipaddr":[])", R"("ipaddr":7)", R"("clientid_re":"(")",
        R"("clientid_re":7)", R"re("username_re":"(?=a)")re", R"("listener":7)", R"("zone":7)"}) {
    EXPECT_NE(FlawOf(RuleWith(field)), "none") << field;
  }
  EXPECT_EQ(FlawOf("7"), "is neither an object nor a list");
  EXPECT_EQ(FlawOf(R"({"all": ["a\n#"]})"), "has a topic that is no Topic Filter: \"a\\n#\"");
}

TEST(AclClaim, IsBounded) {
  const auto many = [](size_t count, std::string_view item) {
    std::string list = "[";
    for (size_t i = 0; i < count; ++i) list.append(i == 0 ? "" : ",").append(item);
    return list + "]";
  };
  constexpr std::string_view kRule = R"({"permission":"allow","action":"all","topic":"a"})";
  EXPECT_EQ(FlawOf(many(AclClaim::kMaxRules, kRule)), "none");
  EXPECT_EQ(FlawOf(many(AclClaim::kMaxRules + 1, kRule)), "has too many rules");
  EXPECT_EQ(FlawOf(fmt::format(R"({{"pub":{}}})", many(AclClaim::kMaxTopics + 1, R"("a")"))),
            "has too many topics");
  EXPECT_EQ(
      FlawOf(fmt::format(R"({{"pub":["{}"]}})", std::string(AclClaim::kMaxTopicSize + 1, 'a'))),
      "has a topic that is too long");
}

}  // namespace
}  // namespace signet::auth
