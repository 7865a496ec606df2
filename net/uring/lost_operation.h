// What to do about an operation that goes on for ever, such as an accept, once the kernel has lost
// completions: whether it has ended without our hearing of it is learnt by cancelling it.
#pragma once

#include "net/uring/completion.h"
#include "net/uring/ring.h"

namespace signet {

// The answer is the completion `answer`; there is none if that is lost, too.
inline void AskWhetherLost(Ring& ring, OpTag operation, OpTag answer) {
  io_uring_sqe* sqe = ring.NextSqe();
  io_uring_prep_cancel64(sqe, operation.Pack(), 0);
  io_uring_sqe_set_data64(sqe, answer.Pack());
}

enum class LostAnswer : uint8_t {
  kNotLost,  // It was still there, is cancelled now and says so itself.
  kLost,     // It has ended before; or said so since the question was asked.
  kUnknown,  // The kernel had no memory for the question.
};

inline LostAnswer ReadLostAnswer(const Completion& answer) {
  switch (answer.result()) {
    case 0:
    case -EALREADY:
      return LostAnswer::kNotLost;
    case -ENOENT:
      return LostAnswer::kLost;
    default:
      return LostAnswer::kUnknown;
  }
}

}  // namespace signet
