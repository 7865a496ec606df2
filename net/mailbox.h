// Mailbox: a bounded queue from one shard to one other. Each side touches the other's index only
// when its own copy says that there is no room, or no mail; what is put in shows once it is
// published, so that a turn costs one store however much it sends. TryPush() and Publish() belong
// to the sender's thread, HasMail() and Take() to the receiver's.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "core/base/check.h"

namespace signet {

template <typename T>
class Mailbox {
 public:
  // `slots`: a power of two.
  explicit Mailbox(size_t slots)
      : slots_(std::make_unique_for_overwrite<Slot[]>(slots)), mask_(slots - 1) {
    CHECK(std::has_single_bit(slots));
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  // Both threads are done with it.
  ~Mailbox() {
    Publish();
    Take([](T&&) {});
  }

  // Moves from `item` if there is room.
  bool TryPush(T& item) {
    if (sender_.next - sender_.head_seen > mask_) {
      sender_.head_seen = head_.load(std::memory_order_acquire);
      if (sender_.next - sender_.head_seen > mask_) return false;
    }
    new (slots_[sender_.next++ & mask_].memory) T(std::move(item));
    return true;
  }
  // Whether more than half of the room is taken.
  bool IsHalfFull() {
    const size_t half = (mask_ + 1) / 2;
    if (sender_.next - sender_.head_seen <= half) return false;
    sender_.head_seen = head_.load(std::memory_order_acquire);
    return sender_.next - sender_.head_seen > half;
  }
  // Shows the receiver what was pushed; false if there was nothing new. Sequentially consistent: it
  // comes before the look at whether the receiver sleeps (see Doorbell).
  bool Publish() {
    if (sender_.next == sender_.published) return false;
    sender_.published = sender_.next;
    tail_.store(sender_.next, std::memory_order_seq_cst);
    return true;
  }

  bool HasMail() const { return tail_.load(std::memory_order_seq_cst) != receiver_.next; }
  // Calls take(T&&) for all that shows now, oldest first.
  template <typename TakeOne>
  void Take(TakeOne&& take) {
    Look();
    TakeSeen(take);
  }
  // The same in two steps: TakeSeen() takes what showed at the last Look(). Who reads the clock
  // between them reads a later moment than any that the sender knew when it sent.
  void Look() { receiver_.seen = tail_.load(std::memory_order_acquire); }
  template <typename TakeOne>
  void TakeSeen(TakeOne&& take) {
    const size_t tail = receiver_.seen;
    if (tail == receiver_.next) return;
    while (receiver_.next != tail) {
      T* item = std::launder(reinterpret_cast<T*>(slots_[receiver_.next++ & mask_].memory));
      take(std::move(*item));
      item->~T();
    }
    head_.store(tail, std::memory_order_release);
  }

 private:
  // Two cache lines: the processor fetches them in pairs.
  static constexpr size_t kApart = 128;

  struct Slot {
    alignas(T) std::byte memory[sizeof(T)];
  };
  struct alignas(kApart) Sender {
    size_t next = 0;
    size_t published = 0;
    size_t head_seen = 0;
  };
  struct alignas(kApart) Receiver {
    size_t next = 0;
    size_t seen = 0;
  };

  const std::unique_ptr<Slot[]> slots_;
  const size_t mask_;
  Sender sender_;
  Receiver receiver_;
  alignas(kApart) std::atomic<size_t> tail_{0};  // Written by the sender.
  alignas(kApart) std::atomic<size_t> head_{0};  // Written by the receiver.
};

}  // namespace signet
