// Pauses: what a method does a while later, such as asking a server again. Owned by the auth shard,
// whose turns run what is due; used on its thread alone. Each pause belongs to a question that is
// open, and those are bounded by whoever asks.
#pragma once

#include <map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "auth/auth_clock.h"
#include "core/base/time.h"

namespace signet::auth {

class Pauses {
 public:
  using Then = absl::AnyInvocable<void() &&>;

  // `clock` outlives this.
  explicit Pauses(const AuthClock& clock) : clock_(clock) {}

  // Runs `then` once, in the first turn that begins when `pause` is over, or never if the auth
  // shard ends before.
  void After(Duration pause, Then then) { waiting_.emplace(clock_.now + pause, std::move(then)); }

  // Of a turn. What is run may begin another pause.
  void RunDue() {
    while (!waiting_.empty() && waiting_.begin()->first <= clock_.now) {
      auto due = waiting_.extract(waiting_.begin());
      std::move(due.mapped())();
    }
  }
  Instant NextDeadline() const {
    return waiting_.empty() ? Instant::Never() : waiting_.begin()->first;
  }

 private:
  const AuthClock& clock_;
  std::multimap<Instant, Then> waiting_;
};

}  // namespace signet::auth
