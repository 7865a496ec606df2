// The broker's log: lines of text or of JSON on standard error. They are put together by whoever
// writes them and written by a thread of their own, so that a slow terminal or disk holds nobody
// up, many at once where many come (log_target.h). When more comes than can be written, the oldest
// lines are dropped and counted.
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/log.h"
#include "tools/broker/options.h"

namespace spdlog {
class async_logger;
namespace sinks {
class sink;
}
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace signet {

class BrokerLog : public LogSink {
 public:
  BrokerLog(LogFormat format, LogLevel least);
  // With another target than standard error, for tests.
  BrokerLog(LogFormat format, LogLevel least, std::shared_ptr<spdlog::sinks::sink> target);
  // Everything has been written.
  ~BrokerLog() override;

  void Write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;

  // From now on; on any thread.
  void SetLeast(LogLevel least) { least_.store(least, std::memory_order_relaxed); }

  // Lines that were dropped.
  size_t dropped() const;

 private:
  void Start();
  void WriteTo(std::shared_ptr<spdlog::sinks::sink> target);

  const LogFormat format_;
  std::atomic<LogLevel> least_;
  std::shared_ptr<spdlog::async_logger> logger_;
  std::shared_ptr<spdlog::details::thread_pool> writer_;  // Goes first: its thread is joined.
};

// `event name="value" …`, and `"event":"event","name":"value",…`; values are escaped and cut.
std::string TextLine(std::string_view event, std::initializer_list<LogField> fields);
std::string JsonMembers(std::string_view event, std::initializer_list<LogField> fields);

}  // namespace signet
