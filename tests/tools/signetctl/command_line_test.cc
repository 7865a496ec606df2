// What is typed.
#include "tools/signetctl/command_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace signet {
namespace {

using Action = PasswdOptions::Action;
using Verb = ControlOptions::Verb;

CtlCommandLine Parsed(std::vector<const char*> typed) {
  typed.insert(typed.begin(), "signetctl");
  return ParseCtlCommandLine(static_cast<int>(typed.size()), typed.data());
}

PasswdOptions ParsePasswd(std::vector<const char*> typed) {
  typed.insert(typed.begin(), "passwd");
  const CtlCommandLine line = Parsed(std::move(typed));
  EXPECT_FALSE(line.exit.has_value()) << (line.exit ? line.exit->error : "");
  return line.passwd;
}

std::string Complaint(std::vector<const char*> typed) {
  const CtlCommandLine line = Parsed(std::move(typed));
  if (!line.exit) return "";
  EXPECT_EQ(line.exit->code, 2);
  EXPECT_EQ(line.exit->output, "");
  return line.exit->error;
}

TEST(CtlCommandLine, SetsAPasswordWithSlowHashes) {
  const PasswdOptions options = ParsePasswd({"users", "ann"});
  EXPECT_EQ(options.action, Action::kSet);
  EXPECT_EQ(options.file, "users");
  EXPECT_EQ(options.user, "ann");
  EXPECT_FALSE(options.scram);
  EXPECT_EQ(options.iterations, 210'000u);
  EXPECT_EQ(ParsePasswd({"--scram", "users", "ann"}).iterations, 15'000u);
}

TEST(CtlCommandLine, HasFlags) {
  EXPECT_EQ(ParsePasswd({"-c", "users", "ann"}).action, Action::kCreate);
  EXPECT_EQ(ParsePasswd({"-D", "users", "ann"}).action, Action::kDelete);
  EXPECT_TRUE(ParsePasswd({"--scram", "users", "ann"}).scram);
  EXPECT_EQ(ParsePasswd({"--iterations", "5000", "users", "ann"}).iterations, 5000u);
}

TEST(CtlCommandLine, SaysWhatIsWrong) {
  EXPECT_NE(Complaint({}), "");
  EXPECT_NE(Complaint({"passwd"}), "");
  EXPECT_NE(Complaint({"passwd", "users"}), "");
  EXPECT_NE(Complaint({"passwd", "users", "ann", "secret"}), "");
  EXPECT_NE(Complaint({"kick", "users", "ann"}), "");
  EXPECT_NE(Complaint({"adduser", "users", "ann"}), "");
  EXPECT_NE(Complaint({"passwd", "-c", "-D", "users", "ann"}), "");
  EXPECT_EQ(Complaint({"passwd", "users", "a:b"}), "signetctl: the user's name has a colon\n");
  EXPECT_EQ(Complaint({"passwd", "--iterations", "999", "users", "ann"}),
            "signetctl: --iterations must be from 1000 to 2000000\n");
  EXPECT_EQ(Complaint({"passwd", "--scram", "--iterations", "4095", "users", "ann"}),
            "signetctl: --iterations must be from 4096 to 2000000 with --scram\n");
  EXPECT_NE(Complaint({"passwd", "--iterations", "0", "users", "ann"}), "");
  EXPECT_NE(Complaint({"passwd", "--iterations", "many", "users", "ann"}), "");
}

ControlOptions Control(std::vector<const char*> typed) {
  const CtlCommandLine line = Parsed(std::move(typed));
  EXPECT_FALSE(line.exit.has_value()) << (line.exit ? line.exit->error : "");
  EXPECT_TRUE(line.control.has_value());
  return line.control.value_or(ControlOptions{});
}

TEST(CtlCommandLine, AsksABroker) {
  EXPECT_FALSE(Parsed({"passwd", "users", "ann"}).control.has_value());
  const ControlOptions clients = Control({"clients"});
  EXPECT_EQ(clients.verb, Verb::kClients);
  EXPECT_EQ(clients.socket, "/run/signet/signetctl.sock");
  EXPECT_FALSE(clients.json);
  EXPECT_FALSE(clients.with_absent);
  EXPECT_TRUE(Control({"clients", "--absent"}).with_absent);
  const ControlOptions client = Control({"client", "c", "--json", "--socket", "/tmp/s"});
  EXPECT_EQ(client.verb, Verb::kClient);
  EXPECT_EQ(client.client_id, "c");
  EXPECT_EQ(client.socket, "/tmp/s");
  EXPECT_TRUE(client.json);
  EXPECT_EQ(Control({"kick", "c"}).verb, Verb::kKick);
}

TEST(CtlCommandLine, RevokesByOneKey) {
  const auto by = [](std::vector<const char*> typed) {
    typed.insert(typed.begin(), "revoke");
    const ControlOptions options = Control(std::move(typed));
    return options.by + " " + options.value + " " + options.issuer;
  };
  EXPECT_EQ(by({"--username", "ann"}), "username ann ");
  EXPECT_EQ(by({"--service-account", "plant/pump"}), "service_account plant/pump ");
  EXPECT_EQ(by({"--subject", "CN=pump-7"}), "subject CN=pump-7 ");
  EXPECT_EQ(by({"--jti", "1", "--issuer", "iss"}), "token 1 iss");
  EXPECT_EQ(by({"--serial", "0a"}), "certificate 0a ");
  EXPECT_EQ(by({"--serial", "0a", "--issuer", "CN=ca"}), "certificate 0a CN=ca");
  EXPECT_NE(Complaint({"revoke"}), "");
  EXPECT_NE(Complaint({"revoke", "--username", "ann", "--subject", "ann"}), "");
  EXPECT_EQ(Complaint({"revoke", "--jti", "1"}), "signetctl: --jti needs --issuer\n");
  EXPECT_NE(Complaint({"revoke", "--username", "ann", "--issuer", "iss"}), "");
}

TEST(CtlCommandLine, ExplainsWhoIsThereOrNeedNotBe) {
  const ControlOptions there = Control({"explain", "--client", "c", "publish", "a/b"});
  EXPECT_EQ(there.client_id, "c");
  EXPECT_EQ(there.action, "publish");
  EXPECT_EQ(there.topic, "a/b");
  EXPECT_FALSE(there.is_supposed());
  const ControlOptions supposed =
      Control({"explain", "--username", "u", "--attribute", "a=1", "--attribute", "b=2",
               "--listener", "front", "subscribe", "a/#"});
  EXPECT_TRUE(supposed.is_supposed());
  EXPECT_EQ(supposed.attributes, (std::vector<std::string>{"a=1", "b=2"}));
  EXPECT_EQ(supposed.topic, "a/#");
  // What follows an attribute is not another one.
  const ControlOptions brief = Control({"explain", "--attribute", "a=1", "subscribe", "a/#"});
  EXPECT_EQ(brief.attributes, (std::vector<std::string>{"a=1"}));
  EXPECT_EQ(brief.action, "subscribe");
  EXPECT_EQ(Control({"explain", "--client", "c", "connect"}).topic, "");
  for (const std::vector<const char*>& wrong : std::vector<std::vector<const char*>>{
           {"explain"},
           {"explain", "publish", "a"},
           {"explain", "--client", "c", "publish"},
           {"explain", "--client", "c", "connect", "a"},
           {"explain", "--client", "c", "read", "a"},
           {"explain", "--client", "c", "--listener", "front", "publish", "a"},
           {"explain", "--username", "u", "--attribute", "x", "publish", "a"},
           {"explain", "--username", "u", "--attribute", "=x", "publish", "a"}}) {
    EXPECT_NE(Complaint(wrong), "") << wrong.size();
  }
}

TEST(CtlCommandLine, Helps) {
  const CtlCommandLine line = Parsed({"passwd", "--help"});
  ASSERT_TRUE(line.exit.has_value());
  EXPECT_EQ(line.exit->code, 0);
  EXPECT_NE(line.exit->output.find("--scram"), std::string::npos);
  ASSERT_TRUE(Parsed({"--version"}).exit.has_value());
  EXPECT_EQ(Parsed({"--version"}).exit->output.find("signetctl "), 0u);
}

}  // namespace
}  // namespace signet
