#include "tools/broker/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>

namespace signet {
namespace {

CommandLine Parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv{"signet"};
  argv.insert(argv.end(), arguments);
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data(), 3);
}

TEST(Options, WithoutArgumentsListenOnLoopbackWithAShardForEachProcessor) {
  const CommandLine line = Parse({});
  ASSERT_FALSE(line.exit.has_value()) << line.exit->error;
  ASSERT_EQ(line.options.listen.size(), 1);
  EXPECT_EQ(line.options.listen[0].ToText(), "127.0.0.1:1883");
  EXPECT_EQ(line.options.shards, 3);
  EXPECT_TRUE(line.options.pin);
  EXPECT_EQ(line.options.log_format, LogFormat::kText);
  EXPECT_EQ(line.options.log_level, LogLevel::kInfo);
}

TEST(Options, UseNoMoreShardsThanThereMayBe) {
  const char* argv[] = {"signet"};
  EXPECT_EQ(ParseCommandLine(1, argv, 500).options.shards, 64);
}

TEST(Options, TakeEverythingThatCanBeSaid) {
  const CommandLine line =
      Parse({"--listen", "127.0.0.1:0", "--listen", "[::1]:1884", "--shards", "2", "--no-pin",
             "--limit", "connections=7", "--limit", "send_stall_s=3", "--log-format", "json",
             "--log-level", "warning", "--response-information", "replies/"});
  ASSERT_FALSE(line.exit.has_value()) << line.exit->error;
  ASSERT_EQ(line.options.listen.size(), 2);
  EXPECT_EQ(line.options.listen[1].ToText(), "[::1]:1884");
  EXPECT_EQ(line.options.shards, 2);
  EXPECT_FALSE(line.options.pin);
  EXPECT_EQ(line.options.limits.connections, 7);
  EXPECT_EQ(line.options.limits.send_stall_s, 3);
  EXPECT_EQ(line.options.log_format, LogFormat::kJson);
  EXPECT_EQ(line.options.log_level, LogLevel::kWarning);
  EXPECT_EQ(line.options.response_information, "replies/");
}

TEST(Options, AnswerAWrongCommandLineWithOneSentence) {
  const std::initializer_list<std::initializer_list<const char*>> wrong{
      {"--nonsense"},
      {"nonsense"},
      {"--listen"},
      {"--listen", "1883"},
      {"--listen", "localhost:1883"},
      {"--shards", "0"},
      {"--shards", "65"},
      {"--shards", "two"},
      {"--limit", "connections"},
      {"--limit", "connections="},
      {"--limit", "connections=many"},
      {"--limit", "connections=-1"},
      {"--limit", "connections=0"},
      {"--limit", "=1"},
      {"--limit", "connexions=1"},
      {"--log-format", "xml"},
      {"--log-level", "loud"}};
  for (const auto& arguments : wrong) {
    const CommandLine line = Parse(arguments);
    const std::string first = *arguments.begin();
    ASSERT_TRUE(line.exit.has_value()) << first;
    EXPECT_EQ(line.exit->code, 2) << first;
    EXPECT_EQ(line.exit->output, "") << first;
    EXPECT_TRUE(line.exit->error.starts_with("signet: ")) << line.exit->error;
    EXPECT_EQ(line.exit->error.find('\n'), line.exit->error.size() - 1) << line.exit->error;
  }
}

TEST(Options, NameTheNearestLimit) {
  EXPECT_NE(Parse({"--limit", "connexions=1"}).exit->error.find("connections"), std::string::npos);
}

TEST(Options, PrintVersionHelpAndLimits) {
  EXPECT_TRUE(Parse({"--version"}).exit->output.starts_with("signet "));
  EXPECT_EQ(Parse({"--version"}).exit->code, 0);
  const CommandLine help = Parse({"--help"});
  EXPECT_EQ(help.exit->code, 0);
  for (const char* option : {"--listen", "--shards", "--limit", "--log-format", "--log-level"}) {
    EXPECT_NE(help.exit->output.find(option), std::string::npos) << option;
  }
  const CommandLine limits = Parse({"--print-limits"});
  EXPECT_EQ(limits.exit->code, 0);
  for (const LimitInfo& limit : AllLimits()) {
    EXPECT_NE(limits.exit->output.find(std::string(limit.name)), std::string::npos) << limit.name;
  }
}

// The document says how to bring it up to date.
TEST(Options, TheDocumentOfLimitsIsWhatIsPrinted) {
  const std::string path = SIGNET_SOURCE_DIR "/docs/LIMITS.md";
  std::ifstream file(path);
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(document.ends_with("\n\n" + Parse({"--print-limits"}).exit->output)) << path;
}

}  // namespace
}  // namespace signet
