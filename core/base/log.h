// What happened, as an event with named values. Whoever owns the LogSink turns it into a line of
// text or of JSON, off the shards' path. Values may come from a peer: sinks escape and cut them
// (EscapeForLog). Secrets are never given to a log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/base/time.h"

namespace signet {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view name;
  std::string_view value;
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  // May be called on any thread. Keeps nothing of its arguments.
  virtual void Write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;
};

// Printable, on one line, valid UTF-8: control characters, quotes, backslashes, bidirectional
// overrides and malformed bytes are escaped. Cut to about `max_size` bytes, and an ellipsis says
// so.
std::string EscapeForLog(std::string_view text, size_t max_size = 256);

// Lets `burst` events through at once and `per_second` in the long run; counts the rest, so that
// the next line can say how many were not written. Neither number is 0.
class RateLimit {
 public:
  RateLimit(uint32_t burst, uint32_t per_second) : burst_(burst), per_second_(per_second) {
    CHECK(burst > 0 && per_second > 0);
  }

  bool Allow(Instant now);
  // How many were refused since this was last asked.
  uint64_t TakeSuppressed();

 private:
  const uint32_t burst_;
  const uint32_t per_second_;
  // The moment up to which the allowance is spent; it runs ahead of `now` by at most a burst.
  Instant spent_until_;
  uint64_t suppressed_ = 0;
};

}  // namespace signet
