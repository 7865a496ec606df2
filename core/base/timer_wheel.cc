#include "core/base/timer_wheel.h"

#include <algorithm>

namespace signet {

void Timer::Cancel() {
  if (is_set()) wheel_->Unhang(*this);
}

TimerWheel::TimerWheel(Instant now) : now_(TickOf(now)) {
  for (auto& level : slots_) {
    for (TimerLink& head : level) head.next = head.previous = &head;
  }
}

TimerWheel::~TimerWheel() { CHECK(size_ == 0); }

void TimerWheel::Set(Timer& timer, Instant deadline) {
  timer.Cancel();
  // Rounded up, so that it never fires early; and not in the past, where no slot would ever be
  // reached.
  const uint64_t tick = TickOf(deadline) + (deadline.since_start() % kTick != Duration::zero());
  timer.deadline_ = std::max(tick, now_);
  Hang(timer);
}

// A timer hangs on the lowest level whose slots reach its deadline. One beyond the reach of the top
// level waits in the last slot that will be reached and is hung again from there.
void TimerWheel::Hang(Timer& timer) {
  constexpr uint64_t kReach = uint64_t{1} << (kSlotBits * kLevels);
  const uint64_t at = std::min(timer.deadline_, now_ + kReach - 1);
  const uint64_t differing = at ^ now_;
  uint32_t level =
      differing == 0 ? 0 : (static_cast<uint32_t>(std::bit_width(differing)) - 1) / kSlotBits;
  level = std::min(level, kLevels - 1);
  const auto slot = static_cast<uint32_t>((at >> (level * kSlotBits)) % kSlots);
  TimerLink& head = slots_[level][slot];
  timer.slot_ = static_cast<uint16_t>(level * kSlots + slot);
  timer.wheel_ = this;
  timer.previous = head.previous;
  timer.next = &head;
  head.previous->next = &timer;
  head.previous = &timer;
  occupied_[level] |= uint64_t{1} << slot;
  ++size_;
}

void TimerWheel::Unhang(Timer& timer) {
  timer.previous->next = timer.next;
  timer.next->previous = timer.previous;
  timer.next = timer.previous = nullptr;
  const uint32_t level = timer.slot_ / kSlots;
  const uint32_t slot = timer.slot_ % kSlots;
  const TimerLink& head = slots_[level][slot];
  if (head.next == &head) occupied_[level] &= ~(uint64_t{1} << slot);
  --size_;
}

uint64_t TimerWheel::NextOccupied() const {
  uint64_t next = UINT64_MAX;
  for (uint32_t level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    const uint32_t shift = level * kSlotBits;
    const auto here = static_cast<int>((now_ >> shift) % kSlots);
    // Slots ahead of the current one, counted round the circle; 0 is the current slot itself, which
    // on an upper level comes up only after a whole round.
    const uint64_t ahead = std::rotr(occupied_[level], here);
    uint64_t steps =
        static_cast<uint64_t>(std::countr_zero(level == 0 ? ahead : ahead & ~uint64_t{1}));
    if (steps == 64) steps = kSlots;
    next = std::min(next, ((now_ >> shift) + steps) << shift);
  }
  return next;
}

void TimerWheel::Cascade() {
  for (uint32_t level = 1; level < kLevels; ++level) {
    const uint32_t shift = level * kSlotBits;
    if ((now_ & ((uint64_t{1} << shift) - 1)) != 0) return;
    TimerLink& head = slots_[level][(now_ >> shift) % kSlots];
    // Taken off as a whole first: a timer beyond the reach may hang itself into this slot again.
    TimerLink* timer = head.next;
    head.previous->next = nullptr;
    head.next = head.previous = &head;
    occupied_[level] &= ~(uint64_t{1} << ((now_ >> shift) % kSlots));
    while (timer != nullptr && timer != &head) {
      TimerLink* next = timer->next;
      --size_;
      Hang(static_cast<Timer&>(*timer));
      timer = next;
    }
  }
}

Timer* TimerWheel::PopDue(uint64_t target) {
  while (true) {
    TimerLink& head = slots_[0][now_ % kSlots];
    if (head.next != &head && now_ <= target) {
      auto* timer = static_cast<Timer*>(head.next);
      Unhang(*timer);
      // Only what waited beyond the reach of the wheel can be here too early.
      if (timer->deadline_ <= now_) return timer;
      Hang(*timer);
      continue;
    }
    if (now_ >= target) return nullptr;
    now_ = std::min(NextOccupied(), target);
    Cascade();
  }
}

Instant TimerWheel::NextDeadline() const {
  const uint64_t next = NextOccupied();
  if (next >= static_cast<uint64_t>(Duration::max() / kTick)) return Instant::Never();
  return Instant(static_cast<Duration::rep>(next) * kTick);
}

}  // namespace signet
