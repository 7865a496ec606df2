// Files of users.
#include "auth/password/user_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace signet::auth {
namespace {

// A line for the name, whose hash is of nothing.
std::string Line(std::string_view name) {
  return fmt::format("{}:$6$c2FsdA==${:A>86}==\n", name, "");
}

std::shared_ptr<const UserFile> ParsedFile(std::string_view text) {
  auto file = UserFile::Parse(text);
  EXPECT_TRUE(file.ok()) << (file.ok() ? "" : file.error().sentence());
  return file.ok() ? *file : std::make_shared<const UserFile>();
}

std::string FlawOfFile(std::string_view text) {
  const auto file = UserFile::Parse(text);
  return file.ok() ? "" : file.error().sentence();
}

TEST(UserFile, FindsItsUsersByName) {
  const auto file = ParsedFile(Line("pump-7") + Line("ünal") + Line("a b"));
  ASSERT_EQ(file->users().size(), 3u);
  for (const std::string_view name : {"pump-7", "ünal", "a b"}) {
    ASSERT_NE(file->Find(name), nullptr);
    EXPECT_EQ(file->Find(name)->name, name);
  }
  for (const std::string_view name : {"", "pump", "pump-70", "Pump-7", "a"}) {
    EXPECT_EQ(file->Find(name), nullptr) << name;
  }
}

TEST(UserFile, HasCommentsAndEmptyLines) {
  EXPECT_EQ(
      ParsedFile("# who may\n\n   \n" + Line("a") + "#b:plain\n\r\n" + Line("c"))->users().size(),
      2u);
  EXPECT_TRUE(ParsedFile("")->users().empty());
  EXPECT_TRUE(ParsedFile("# nobody")->users().empty());
}

TEST(UserFile, LinesMayEndInAnyWay) {
  std::string last = Line("a");
  last.pop_back();
  EXPECT_NE(ParsedFile(last)->Find("a"), nullptr);
  EXPECT_NE(ParsedFile(last + "\r\n")->Find("a"), nullptr);
  EXPECT_NE(ParsedFile(last + "  \t\n")->Find("a"), nullptr);
}

TEST(UserFile, NamesTheLineThatIsWrong) {
  EXPECT_EQ(FlawOfFile(Line("a") + "\n# b\nc\n"),
            "line 4: it has no colon between a user and a hash");
  EXPECT_EQ(FlawOfFile("a:\n"),
            "line 1: the hash is of no form that is known: $7$, $6$ or $scram-sha-256$");
  EXPECT_EQ(FlawOfFile(Line("")), "line 1: the user's name is empty");
  EXPECT_EQ(FlawOfFile(Line(" a")), "line 1: the user's name begins or ends with a blank");
  EXPECT_EQ(FlawOfFile(Line("a ")), "line 1: the user's name begins or ends with a blank");
  EXPECT_EQ(FlawOfFile(Line("a\tb")), "line 1: the user's name has control characters");
  EXPECT_EQ(FlawOfFile(Line("a\xFF")), "line 1: the user's name is not UTF-8");
  EXPECT_EQ(FlawOfFile(Line(std::string(257, 'a'))),
            "line 1: the user's name has more than 256 bytes");
  EXPECT_EQ(FlawOfFile(Line("a") + Line("b") + Line("a")),
            "line 3: the user is there already, on a line before");
}

// As mosquitto before 1.4.15 took them (CVE-2018-12551), a name without a hash let in anybody.
TEST(UserFile, NothingButAHashIsAHash) {
  for (const std::string_view line : {"a", "a:", ":", "a: ", "a:secret", "a:$7$", "a:$6$$"}) {
    EXPECT_NE(FlawOfFile(line), "") << line;
  }
}

TEST(UserFile, SaysNothingOfWhatStandsThere) {
  for (const std::string_view line : {"a:hunter2", "hunter2", "a:$7$1$hunter2$hunter2"}) {
    EXPECT_EQ(FlawOfFile(line).find("hunter2"), std::string::npos);
    EXPECT_NE(FlawOfFile(line), "");
  }
}

TEST(UserFile, HasBounds) {
  EXPECT_EQ(FlawOfFile("a:" + std::string(UserFile::kMaxLineBytes, 'A')),
            "line 1: it has more than 2048 bytes");
  EXPECT_EQ(FlawOfFile(std::string(UserFile::kMaxBytes + 1, '\n')),
            "it has more than 1048576 bytes");
  EXPECT_EQ(FlawOfFile(std::string(UserFile::kMaxBytes, '\n')), "");
  std::string many;
  for (size_t i = 0; i < UserFile::kMaxUsers + 1; ++i) many += "x\n";
  EXPECT_EQ(FlawOfFile(many), "it has more than 10000 users");
}

}  // namespace
}  // namespace signet::auth
