// RingFaults: by which a test makes the kernel fail where it would not do so when asked. A ring
// that has one shows it each SQE before the kernel sees it, each CQE before it is handled, and each
// io_uring_enter before it is made. In production there is none, and a CQE pays one look at a
// pointer. Owned by the test, outlives its rings; one may serve several, each on its own thread.
#pragma once

#include "liburing.h"

namespace signet {

class Ring;

class RingFaults {
 public:
  virtual ~RingFaults() = default;
  // May turn `sqe` into another operation.
  virtual void OnSqe(Ring& ring, io_uring_sqe& sqe) = 0;
  // Whether it has filled in `sqe`, to go with those that are handed over now.
  virtual bool AddSqe(Ring& ring, io_uring_sqe& sqe) = 0;
  // May change `cqe`; false: it is lost.
  virtual bool OnCqe(Ring& ring, io_uring_cqe& cqe) = 0;
  // 0: the call is made; else it is not, and returns this -errno.
  virtual int OnEnter(Ring& ring, unsigned to_submit) = 0;
};

}  // namespace signet
