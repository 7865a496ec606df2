#include "tools/broker/log_target.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "spdlog/details/log_msg.h"
#include "spdlog/pattern_formatter.h"

namespace signet {
namespace {

// A target whose every write arrives as one packet.
class LogTargetTest : public testing::Test {
 protected:
  LogTargetTest() {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends_.data()), 0);
    target_ = std::make_unique<LogTarget>(ends_[0], [this] { return waiting_ > 0; });
    target_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  }
  ~LogTargetTest() override {
    target_.reset();
    for (const int end : ends_) close(end);
  }

  // The queue of lines is `line` so many times.
  void Log(const std::string& line, size_t times) {
    for (waiting_ = times; waiting_ > 0;) {
      --waiting_;
      target_->log(spdlog::details::log_msg("", spdlog::level::info, line));
    }
  }
  std::vector<std::string> Packets() {
    std::vector<std::string> packets;
    std::string packet(2 * LogTarget::kPiece, 0);
    for (;;) {
      const ssize_t size = recv(ends_[1], packet.data(), packet.size(), MSG_DONTWAIT);
      if (size <= 0) return packets;
      packets.push_back(packet.substr(0, static_cast<size_t>(size)));
    }
  }

  std::array<int, 2> ends_{-1, -1};
  size_t waiting_ = 0;
  std::unique_ptr<LogTarget> target_;
};

TEST_F(LogTargetTest, ALineAloneIsWritten) {
  Log("a", 1);
  EXPECT_EQ(Packets(), std::vector<std::string>{"a\n"});
}

TEST_F(LogTargetTest, ManyLinesAreWrittenAtOnce) {
  Log("a", 3);
  EXPECT_EQ(Packets(), std::vector<std::string>{"a\na\na\n"});
}

TEST_F(LogTargetTest, TooMuchIsNotGathered) {
  const std::string line(LogTarget::kPiece / 2, 'x');
  Log(line, 3);
  const std::vector<std::string> packets = Packets();
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(packets[0].size(), 2 * (line.size() + 1));
  EXPECT_EQ(packets[1].size(), line.size() + 1);
}

TEST_F(LogTargetTest, TheLastLinesAreWrittenWhenItEnds) {
  waiting_ = 1;  // A line that never comes.
  target_->log(spdlog::details::log_msg("", spdlog::level::info, "last"));
  EXPECT_TRUE(Packets().empty());
  target_.reset();
  EXPECT_EQ(Packets(), std::vector<std::string>{"last\n"});
}

}  // namespace
}  // namespace signet
