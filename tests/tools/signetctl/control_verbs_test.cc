// What is asked for each verb, what is printed of the answer, and how the program ends.
#include "tools/signetctl/control_verbs.h"

#include <gtest/gtest.h>

#include <vector>

namespace signet {
namespace {

using Verb = ControlOptions::Verb;

// A broker by script: takes down what it is asked, and answers in turn.
struct Broker {
  std::vector<ControlReply> replies;
  std::vector<ControlCall> calls{};

  ControlOutcome Run(const ControlOptions& options) {
    return RunControl(options, [this](const ControlCall& call) -> StatusOr<ControlReply> {
      calls.push_back(call);
      if (replies.size() < calls.size()) return Status::Error("no broker answers");
      return replies[calls.size() - 1];
    });
  }
};

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ControlVerbs, ListAllPages) {
  Broker broker{{{200, R"({"clients":[{"client_id":"a","connected":true,"deadline":null,
                           "subscriptions":2,"queued_messages":1}],"next":"1.5"})"},
                 {200, R"({"clients":[{"client_id":"b","connected":false}],"next":null})"}}};
  const ControlOutcome outcome = broker.Run({.verb = Verb::kClients, .with_absent = true});
  EXPECT_EQ(outcome.exit_code, 0);
  ASSERT_EQ(broker.calls.size(), 2u);
  EXPECT_FALSE(broker.calls[0].is_post);
  EXPECT_EQ(broker.calls[0].path, "/api/v1/clients?limit=1000&after=0.0&absent=true");
  EXPECT_EQ(broker.calls[1].path, "/api/v1/clients?limit=1000&after=1.5&absent=true");
  EXPECT_TRUE(outcome.output.starts_with("CLIENT")) << outcome.output;
  EXPECT_TRUE(Contains(outcome.output, "\na ")) << outcome.output;
  EXPECT_TRUE(Contains(outcome.output, "\nb ")) << outcome.output;
  EXPECT_TRUE(Contains(outcome.output, "absent")) << outcome.output;
}

TEST(ControlVerbs, EscapeWhatAClientHasChosen) {
  Broker broker{{{200, R"({"client_id":"\u001b[2J","connected":true,"deadline":null,
                           "attributes":{"\u001b":"\u0007"},"filters":["\u001b"]})"}}};
  const ControlOutcome outcome = broker.Run({.verb = Verb::kClient, .client_id = "\x1b[2J"});
  EXPECT_EQ(broker.calls[0].body, R"({"client_id":"\u001b[2J"})");
  EXPECT_FALSE(Contains(outcome.output, "\x1b")) << outcome.output;
  EXPECT_FALSE(Contains(outcome.output, "\x07")) << outcome.output;
}

TEST(ControlVerbs, PrintJsonAsItComes) {
  const std::string answer = R"({"client_id":"c","connected":true})";
  Broker broker{{{200, answer}}};
  EXPECT_EQ(broker.Run({.verb = Verb::kClient, .json = true, .client_id = "c"}).output,
            answer + "\n");
}

TEST(ControlVerbs, EndWithOneWhereNobodyIs) {
  for (const Verb verb : {Verb::kClient, Verb::kKick}) {
    Broker broker{{{404, R"({"error":"nobody is connected as c"})"}}};
    const ControlOutcome outcome = broker.Run({.verb = verb, .client_id = "c"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.error, "signetctl: nobody is connected as c\n");
    EXPECT_EQ(outcome.output, "");
  }
}

TEST(ControlVerbs, EndWithTwoWithoutAnAnswer) {
  for (const Verb verb :
       {Verb::kClients, Verb::kClient, Verb::kKick, Verb::kRevoke, Verb::kExplain}) {
    Broker silent{{}};
    EXPECT_EQ(silent.Run({.verb = verb}).exit_code, 2);
    Broker busy{{{503, R"({"error":"busy"})"}}};
    EXPECT_EQ(busy.Run({.verb = verb}).exit_code, 2);
    Broker odd{{{200, "ok"}}};
    EXPECT_EQ(odd.Run({.verb = verb}).exit_code, 2);
  }
}

TEST(ControlVerbs, RevokeByOneKey) {
  Broker broker{{{200, R"({"disconnected":3,"kept_out":true})"}}};
  const ControlOutcome outcome =
      broker.Run({.verb = Verb::kRevoke, .by = "token", .value = "1", .issuer = "iss"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(broker.calls[0].is_post);
  EXPECT_EQ(broker.calls[0].path, "/api/v1/revoke");
  EXPECT_EQ(broker.calls[0].body, R"({"by":"token","value":"1","issuer":"iss"})");
  EXPECT_TRUE(outcome.output.starts_with("disconnected 3; the credential is kept out"));
}

TEST(ControlVerbs, ExplainEndsAsItIsDecided) {
  const std::string rest = R"("sentence":"the rule","rule":"p.yaml:7"})";
  Broker allowed{{{200, R"({"allowed":true,)" + rest}}};
  const ControlOutcome yes =
      allowed.Run({.verb = Verb::kExplain, .client_id = "c", .action = "publish", .topic = "a/b"});
  EXPECT_EQ(yes.exit_code, 0);
  EXPECT_TRUE(yes.output.starts_with("allowed\n")) << yes.output;
  EXPECT_TRUE(Contains(yes.output, "p.yaml:7")) << yes.output;
  EXPECT_EQ(allowed.calls[0].body, R"({"client_id":"c","action":"publish","topic":"a/b"})");
  Broker denied{{{200, R"({"allowed":false,)" + rest}}};
  const ControlOutcome no = denied.Run({.verb = Verb::kExplain,
                                        .action = "subscribe",
                                        .topic = "a/#",
                                        .username = "u",
                                        .attributes = {"k=v=w"},
                                        .listener = "front"});
  EXPECT_EQ(no.exit_code, 1);
  EXPECT_TRUE(no.output.starts_with("denied\n")) << no.output;
  EXPECT_EQ(denied.calls[0].body, R"({"action":"subscribe","topic":"a/#","listener":"front",)"
                                  R"("principal":{"username":"u","attributes":{"k":"v=w"}}})");
}

TEST(ControlVerbs, ExplainOfNobodyIsNoDenial) {
  Broker broker{{{404, R"({"error":"nobody"})"}}};
  EXPECT_EQ(broker.Run({.verb = Verb::kExplain, .client_id = "c"}).exit_code, 2);
  Broker odd{{{200, "{}"}}};
  EXPECT_EQ(odd.Run({.verb = Verb::kExplain, .client_id = "c"}).exit_code, 2);
}

}  // namespace
}  // namespace signet
