// Completion: a CQE with names. A value; it outlives its place in the ring.
#pragma once

#include <cstdint>

#include "net/uring/kernel_constants.h"
#include "net/uring/op_tag.h"

namespace signet {

class Completion {
 public:
  explicit Completion(const io_uring_cqe& cqe)
      : user_data_(cqe.user_data), result_(cqe.res), flags_(cqe.flags) {}

  OpTag tag() const { return OpTag::Unpack(user_data_); }
  // Bytes or a descriptor; below 0 it is -errno.
  int32_t result() const { return result_; }
  // The operation goes on: there will be more completions.
  bool more() const { return (flags_ & IORING_CQE_F_MORE) != 0; }

  // A provided buffer holds what was received (BufferRing::Lease).
  bool has_buffer() const { return (flags_ & IORING_CQE_F_BUFFER) != 0; }
  uint16_t buffer_id() const { return static_cast<uint16_t>(flags_ >> IORING_CQE_BUFFER_SHIFT); }
  // The kernel has not done with that buffer.
  bool buffer_goes_on() const { return (flags_ & uring::kCqeBufferMore) != 0; }

 private:
  uint64_t user_data_;
  int32_t result_;
  uint32_t flags_;
};

}  // namespace signet
