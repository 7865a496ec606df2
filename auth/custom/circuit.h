// Circuit: leaves a server alone that has failed several times in a row, so that neither it nor
// those who would wait for it get into more trouble. After a while one question is let through; its
// outcome decides for all. Used on the auth shard's thread alone.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/config/authentication.h"

namespace signet::auth {

class Circuit {
 public:
  explicit Circuit(const config::CircuitBreaker& settings) : settings_(settings) {}

  // Who is told yes reports what becomes of the question, by one of the next two.
  bool MayAsk(Instant now) {
    if (!open_until_) return true;
    if (now < *open_until_ || trial_) return false;
    trial_ = true;
    return true;
  }
  void Answered() {
    failures_ = 0;
    open_until_.reset();
    trial_ = false;
  }
  // Of questions that were under way when it opened, a failure says nothing new, and must not put
  // the next trial off.
  void Failed(Instant now) {
    ++failures_;
    const bool is_news = open_until_ ? now >= *open_until_ : failures_ >= settings_.failures;
    if (!is_news) return;
    open_until_ = now + seconds(static_cast<int64_t>(settings_.open_s));
    trial_ = false;
  }

  bool is_open() const { return open_until_.has_value(); }
  uint64_t failures_in_a_row() const { return failures_; }

 private:
  const config::CircuitBreaker settings_;
  uint64_t failures_ = 0;
  std::optional<Instant> open_until_;  // Absent: it is closed.
  bool trial_ = false;                 // One question was let through.
};

}  // namespace signet::auth
