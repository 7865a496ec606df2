#include "tools/broker/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "core/base/utf8.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace signet {
namespace {

CommandLine ParseOptions(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv{"signet"};
  argv.insert(argv.end(), arguments);
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data(), 3);
}

TEST(Options, WithoutArgumentsListenOnLoopbackWithAShardForEachProcessor) {
  const CommandLine line = ParseOptions({});
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
  const CommandLine line = ParseOptions(
      {"--listen", "127.0.0.1:0", "--listen", "[::1]:1884", "--shards", "2", "--no-pin", "--limit",
       "connections=7", "--limit", "send_stall_s=3", "--log-format", "json", "--log-level",
       "warning", "--response-information", "replies/"});
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

// One line that a terminal shows as it is.
bool IsPrintableLine(std::string_view text) {
  if (!text.ends_with('\n')) return false;
  text.remove_suffix(1);
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    const bool is_control = character.code_point < 0x20 ||
                            (character.code_point >= 0x7F && character.code_point < 0xA0);
    if (character.size == 0 || is_control) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

void ExpectOneSentence(const CommandLine& line, const std::string& typed) {
  ASSERT_TRUE(line.exit.has_value()) << typed;
  EXPECT_EQ(line.exit->code, 2) << typed;
  EXPECT_EQ(line.exit->output, "") << typed;
  EXPECT_TRUE(line.exit->error.starts_with("signet: ")) << line.exit->error;
  EXPECT_TRUE(line.exit->error.ends_with("; see signet --help\n")) << line.exit->error;
  EXPECT_TRUE(IsPrintableLine(line.exit->error)) << line.exit->error;
}

// What is said of a wrong value.
std::string SentenceOn(const char* option, const std::string& value) {
  const CommandLine line = ParseOptions({option, value.c_str()});
  ExpectOneSentence(line, value);
  return line.exit ? line.exit->error : std::string();
}

TEST(Options, AnswerAWrongCommandLineWithOneSentence) {
  const std::initializer_list<std::initializer_list<const char*>> wrong{
      {"--nonsense"},
      {"nonsense"},
      {"--listen"},
      {"--listen", "1883"},
      {"--listen", "localhost:1883"},
      {"--admin", "9600"},
      {"--admin", "localhost:9600"},
      {"--admin", "0.0.0.0:9600"},
      {"--admin", "[::]:9600"},
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
      {"--log-level", "loud"},
      {"--log-level", "1"},
      {"--log-level", "INFO"},
      {"--shards", ""},
      {"--shards", "-1"},
      {"--shards", "+1"},
      {"--shards", "2.0"},
      {"--shards", "2", "--shards", "3"},
      {"--limit", "connections=99999999999999999999"},
      {"--limit", "connections=7 "},
      {"--listen", ""},
      {""},
      {"-"},
      {"-x"},
      {"\xFF"},
      {"--no-pin", "3"}};
  for (const auto& arguments : wrong) {
    ExpectOneSentence(ParseOptions(arguments), fmt::format("{}", fmt::join(arguments, " ")));
  }
}

TEST(Options, TakeNoValueForAFlag) {
  for (const std::string flag : {"--no-pin", "--print-limits", "--help", "-h", "--version"}) {
    for (const char* value : {"=3", "=", "=true", "=false", "=nonsense", "=\x1B[1m"}) {
      const std::string typed = flag + value;
      ExpectOneSentence(ParseOptions({typed.c_str()}), typed);
    }
  }
}

TEST(Options, SayWhatAValueCanBe) {
  EXPECT_EQ(SentenceOn("--log-format", "xml"),
            "signet: --log-format: \"xml\" is none of text, json; see signet --help\n");
  EXPECT_EQ(SentenceOn("--log-level", "loud"),
            "signet: --log-level: \"loud\" is none of debug, info, warning, error; "
            "see signet --help\n");
  EXPECT_EQ(SentenceOn("--shards", "two"),
            "signet: --shards: \"two\" is not a whole number from 1 to 64; see signet --help\n");
  EXPECT_EQ(ParseOptions({"--no-pin=3"}).exit->error,
            "signet: --no-pin takes no value; see signet --help\n");
  EXPECT_NE(SentenceOn("--limit", "connexions=1").find("did you mean connections?"),
            std::string::npos);
}

TEST(Options, EscapeWhatWasTyped) {
  const std::string nasty = "\x1B[31m\n\x01\xE2\x80\xAE\xFF";
  for (const char* option : {"--listen", "--shards", "--limit", "--log-format", "--log-level",
                             "--response-information", "--none"}) {
    SentenceOn(option, nasty);
  }
  SentenceOn("--limit", nasty + "=1");
  ExpectOneSentence(ParseOptions({nasty.c_str()}), "an argument");
  ExpectOneSentence(ParseOptions({("--" + nasty).c_str()}), "an option");
}

// Response Information becomes the beginning of a topic, the Client Identifier being behind it.
TEST(Options, TakeNoResponseInformationThatCannotBeginATopic) {
  for (const char* wrong : {"a#b", "a/+/", "#", "\xC3\x28", "\xED\xA0\x80"}) {
    SentenceOn("--response-information", wrong);
  }
  const size_t most = 65'535 - Limits().client_id_bytes;
  EXPECT_FALSE(
      ParseOptions({"--response-information", std::string(most, 'x').c_str()}).exit.has_value());
  SentenceOn("--response-information", std::string(most + 1, 'x'));
  const std::string prefix(60'000, 'x');
  ExpectOneSentence(
      ParseOptions({"--response-information", prefix.c_str(), "--limit", "client_id_bytes=6000"}),
      "too long with such Client Identifiers");
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kLines = 2000;
#else
constexpr int kLines = 20'000;
#endif

// Lines put together of what is right, nearly right and nonsense.
TEST(Options, AnswerEveryWrongLineWithOneSentence) {
  const std::vector<std::string> parts{"--listen",
                                       "--shards",
                                       "--no-pin",
                                       "--limit",
                                       "--print-limits",
                                       "--response-information",
                                       "--log-format",
                                       "--log-level",
                                       "--help",
                                       "-h",
                                       "--version",
                                       "--",
                                       "-",
                                       "127.0.0.1:0",
                                       "[::1]:1",
                                       "1",
                                       "64",
                                       "65",
                                       "json",
                                       "text",
                                       "debug",
                                       "connections=7",
                                       "connections",
                                       "=",
                                       "{}",
                                       "[]",
                                       "[a,b]",
                                       "'",
                                       "\"",
                                       "\\",
                                       "%%",
                                       "a b",
                                       "\n",
                                       "\x1B[2J",
                                       "\xFF\xFE",
                                       "\xE2\x80\xA8",
                                       "-1",
                                       "1e9",
                                       "0x10",
                                       std::string(100'000, 'x'),
                                       "replies/"};
  std::mt19937 random(7);
  const auto part = [&] { return parts[random() % parts.size()]; };
  size_t wrong = 0;
  for (int i = 0; i < kLines; ++i) {
    std::vector<std::string> typed{"signet"};
    for (size_t count = 1 + random() % 4; count > 0; --count) {
      std::string argument = part();
      if (random() % 4 == 0) argument += (random() % 2 == 0 ? "=" : "") + part();
      if (random() % 8 == 0)
        argument[random() % argument.size()] = static_cast<char>(1 + random() % 255);
      typed.push_back(std::move(argument));
    }
    std::vector<const char*> argv;
    for (const std::string& argument : typed) argv.push_back(argument.c_str());
    const CommandLine line = ParseCommandLine(static_cast<int>(argv.size()), argv.data(), 3);
    if (!line.exit.has_value() || line.exit->code == 0) continue;
    ++wrong;
    ExpectOneSentence(line, fmt::format("{}", fmt::join(typed, " ")).substr(0, 1000));
    EXPECT_LT(line.exit->error.size(), 1000u) << line.exit->error;
  }
  EXPECT_GT(wrong, size_t{kLines} / 2);
}

TEST(Options, PrintVersionHelpAndLimits) {
  EXPECT_TRUE(ParseOptions({"--version"}).exit->output.starts_with("signet "));
  EXPECT_EQ(ParseOptions({"--version"}).exit->code, 0);
  const CommandLine help = ParseOptions({"--help"});
  EXPECT_EQ(help.exit->code, 0);
  for (const char* option : {"--listen", "--shards", "--limit", "--log-format", "--log-level"}) {
    EXPECT_NE(help.exit->output.find(option), std::string::npos) << option;
  }
  const CommandLine limits = ParseOptions({"--print-limits"});
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
  EXPECT_TRUE(document.ends_with("\n\n" + ParseOptions({"--print-limits"}).exit->output)) << path;
}

}  // namespace
}  // namespace signet
