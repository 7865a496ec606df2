// What is typed.
#include "tools/signetctl/command_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace signet {
namespace {

using Action = PasswdOptions::Action;

CtlCommandLine Parsed(std::vector<const char*> typed) {
  typed.insert(typed.begin(), "signetctl");
  return ParseCtlCommandLine(static_cast<int>(typed.size()), typed.data());
}

PasswdOptions Passwd(std::vector<const char*> typed) {
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
  const PasswdOptions options = Passwd({"users", "ann"});
  EXPECT_EQ(options.action, Action::kSet);
  EXPECT_EQ(options.file, "users");
  EXPECT_EQ(options.user, "ann");
  EXPECT_FALSE(options.scram);
  EXPECT_EQ(options.iterations, 210'000u);
  EXPECT_EQ(Passwd({"--scram", "users", "ann"}).iterations, 15'000u);
}

TEST(CtlCommandLine, HasFlags) {
  EXPECT_EQ(Passwd({"-c", "users", "ann"}).action, Action::kCreate);
  EXPECT_EQ(Passwd({"-D", "users", "ann"}).action, Action::kDelete);
  EXPECT_TRUE(Passwd({"--scram", "users", "ann"}).scram);
  EXPECT_EQ(Passwd({"--iterations", "5000", "users", "ann"}).iterations, 5000u);
}

TEST(CtlCommandLine, SaysWhatIsWrong) {
  EXPECT_NE(Complaint({}), "");
  EXPECT_NE(Complaint({"passwd"}), "");
  EXPECT_NE(Complaint({"passwd", "users"}), "");
  EXPECT_NE(Complaint({"passwd", "users", "ann", "secret"}), "");
  EXPECT_NE(Complaint({"kick", "users", "ann"}), "");
  EXPECT_NE(Complaint({"passwd", "-c", "-D", "users", "ann"}), "");
  EXPECT_EQ(Complaint({"passwd", "users", "a:b"}), "signetctl: the user's name has a colon\n");
  EXPECT_EQ(Complaint({"passwd", "--iterations", "999", "users", "ann"}),
            "signetctl: --iterations must be from 1000 to 2000000\n");
  EXPECT_EQ(Complaint({"passwd", "--scram", "--iterations", "4095", "users", "ann"}),
            "signetctl: --iterations must be from 4096 to 2000000 with --scram\n");
  EXPECT_NE(Complaint({"passwd", "--iterations", "0", "users", "ann"}), "");
  EXPECT_NE(Complaint({"passwd", "--iterations", "many", "users", "ann"}), "");
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
