// Circuit: leaves a server alone that has failed several times in a row, so that neither it nor
// those who would wait for it get into more trouble. From then on one question is let through each
// open_s, whether the one before it has an answer or not: a server that hangs is found to be back
// as soon as one that refuses. Used on the auth shard's thread alone.
#pragma once

#include <cstdint>

#include "core/base/time.h"
#include "core/config/authentication.h"

namespace signet::auth {

class Circuit {
 public:
  explicit Circuit(const config::CircuitBreaker& settings) : settings_(settings) {}

  bool MayAsk(Instant now) {
    if (!is_open_) return true;
    if (now < next_trial_) return false;
    next_trial_ = now + OpenTime();
    return true;
  }
  // Says of any question that the server is there.
  void Answered(Instant now) {
    failures_ = 0;
    if (!is_open_) return;
    is_open_ = false;
    closed_at_ = now;
  }
  // Of a question of `asked_at`. Many are under way when a server goes down: what becomes of them
  // later says nothing of a server that has answered in between, and must not cut it off again.
  void Failed(Instant asked_at, Instant now) {
    if (asked_at < closed_at_) return;
    ++failures_;
    if (is_open_ || failures_ < settings_.failures) return;
    is_open_ = true;
    next_trial_ = now + OpenTime();
  }

  bool is_open() const { return is_open_; }
  uint64_t failures_in_a_row() const { return failures_; }

 private:
  Duration OpenTime() const { return seconds(static_cast<int64_t>(settings_.open_s)); }

  const config::CircuitBreaker settings_;
  uint64_t failures_ = 0;
  bool is_open_ = false;
  Instant next_trial_;  // While it is open.
  Instant closed_at_;   // The last time.
};

}  // namespace signet::auth
