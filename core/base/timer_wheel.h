// TimerWheel: timers by tick, O(1) to set and to cancel. Time is an argument. A timer never fires
// early; it fires with the first Advance() at or after its deadline, at most one tick late. Owned
// by one shard and used on its thread alone.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "core/base/check.h"
#include "core/base/time.h"

namespace signet {

class TimerWheel;

// What hangs in the circular list of a slot; the slot's head is one too.
struct TimerLink {
  TimerLink* next = nullptr;
  TimerLink* previous = nullptr;
};

// A member of what it belongs to. Its address must not change while it is set; destruction cancels
// it.
class Timer : private TimerLink {
 public:
  // What it is for, and for whom: the owner reads both when the timer fires.
  Timer(uint8_t kind, void* owner) : kind_(kind), owner_(owner) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { Cancel(); }

  bool is_set() const { return next != nullptr; }
  uint8_t kind() const { return kind_; }
  void* owner() const { return owner_; }

  void Cancel();

 private:
  friend class TimerWheel;

  TimerWheel* wheel_ = nullptr;
  uint64_t deadline_ = 0;  // In ticks.
  uint16_t slot_ = 0;      // Where it hangs.
  uint8_t kind_;
  void* owner_;
};

class TimerWheel {
 public:
  static constexpr Duration kTick = milliseconds(64);

  explicit TimerWheel(Instant now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  // All timers must be gone or cancelled.
  ~TimerWheel();

  // Sets or moves `timer`.
  void Set(Timer& timer, Instant deadline);

  // Calls fire(Timer&) for each timer that is due. `fire` may set and cancel any timer.
  template <typename Fire>
  void Advance(Instant now, Fire&& fire) {
    const uint64_t target = TickOf(now);
    while (Timer* timer = PopDue(target)) fire(*timer);
  }

  // No timer fires before this moment (it may turn out that none fires then either).
  Instant NextDeadline() const;

  size_t size() const { return size_; }

 private:
  friend class Timer;
  static constexpr uint32_t kLevels = 5;
  static constexpr uint32_t kSlotBits = 6;
  static constexpr uint32_t kSlots = 1u << kSlotBits;  // 64 slots: one occupancy word per level.

  static uint64_t TickOf(Instant now) { return static_cast<uint64_t>(now.since_start() / kTick); }
  void Hang(Timer& timer);
  void Unhang(Timer& timer);
  // Takes the next timer with deadline <= target off the wheel and moves `now_` along; null when
  // there is none, and `now_` is then `target`.
  Timer* PopDue(uint64_t target);
  // The first tick after `now_` at which a slot of some level is reached; UINT64_MAX if all are
  // empty.
  uint64_t NextOccupied() const;
  // Moves what hangs in the slots of the upper levels that begin at `now_` further down.
  void Cascade();

  uint64_t now_;
  size_t size_ = 0;
  std::array<uint64_t, kLevels> occupied_{};
  std::array<std::array<TimerLink, kSlots>, kLevels> slots_;  // Heads of circular lists.
};

}  // namespace signet
