// LogTarget: where the lines of the log end. A line that comes alone is written a few milliseconds
// after it came; of many, as many as come meanwhile are written with one call, for that is what a
// line costs. Used on the log's own thread.
#pragma once

#include <chrono>

#include "absl/functional/any_invocable.h"
#include "spdlog/details/null_mutex.h"
#include "spdlog/sinks/base_sink.h"

namespace signet {

class LogTarget : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // So long more lines are waited for,
  static constexpr std::chrono::milliseconds kGather{5};
  // and no longer than until there are so many bytes.
  static constexpr size_t kPiece = 64 * 1024;

  // `fd` outlives this; `more_waits` says whether there is a line that was not given to this yet.
  LogTarget(int fd, absl::AnyInvocable<bool() const> more_waits);
  ~LogTarget() override;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

 private:
  const int fd_;
  const absl::AnyInvocable<bool() const> more_waits_;
  spdlog::memory_buf_t gathered_;
};

}  // namespace signet
