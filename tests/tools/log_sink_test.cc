#include "tools/broker/log_sink.h"

#include <gtest/gtest.h>

#include <sstream>

#include "spdlog/sinks/ostream_sink.h"

namespace signet {
namespace {

// What is written by `write`, with `X` for each digit of the time.
template <typename WriteLines>
std::string Logged(LogFormat format, LogLevel least, WriteLines write) {
  std::ostringstream text;
  {
    BrokerLog log(format, least, std::make_shared<spdlog::sinks::ostream_sink_st>(text));
    write(log);
  }
  std::string logged = text.str();
  for (size_t at = logged.find("20"); at < logged.size() && logged[at] != 'Z'; ++at) {
    if (isdigit(logged[at])) logged[at] = 'X';
  }
  return logged;
}

TEST(BrokerLog, WritesLinesOfText) {
  EXPECT_EQ(Logged(LogFormat::kText, LogLevel::kInfo,
                   [](LogSink& log) {
                     log.Write(LogLevel::kInfo, "client connected",
                               {{"client_id", "a b"}, {"peer", "127.0.0.1:5"}});
                   }),
            "XXXX-XX-XXTXX:XX:XX.XXXZ info client connected client_id=\"a b\" "
            "peer=\"127.0.0.1:5\"\n");
}

TEST(BrokerLog, WritesLinesOfJson) {
  EXPECT_EQ(Logged(LogFormat::kJson, LogLevel::kInfo,
                   [](LogSink& log) {
                     log.Write(LogLevel::kWarning, "client refused", {{"client_id", "a b"}});
                   }),
            R"({"time":"XXXX-XX-XXTXX:XX:XX.XXXZ","level":"warning","event":"client refused",)"
            "\"client_id\":\"a b\"}\n");
}

TEST(BrokerLog, LeavesOutWhatIsBelowItsLevel) {
  EXPECT_EQ(Logged(LogFormat::kText, LogLevel::kError,
                   [](LogSink& log) { log.Write(LogLevel::kWarning, "quiet", {}); }),
            "");
}

TEST(BrokerLog, APeerCannotForgeALine) {
  const std::string forged = "x\"\n2026-01-01 info all is well\x1b[2J\\";
  EXPECT_EQ(TextLine("event", {{"client_id", forged}}),
            "event client_id=\"x\\\"\\n2026-01-01 info all is well\\u001b[2J\\\\\"");
  EXPECT_EQ(JsonMembers("event", {{"client_id", forged}}),
            "\"event\":\"event\",\"client_id\":"
            "\"x\\\"\\n2026-01-01 info all is well\\u001b[2J\\\\\"");
}

TEST(BrokerLog, MalformedBytesStayValidJson) {
  EXPECT_EQ(JsonMembers("e", {{"v", "\xff\\x\xfe"}}), R"("event":"e","v":"\\xff\\x\\xfe")");
}

}  // namespace
}  // namespace signet
