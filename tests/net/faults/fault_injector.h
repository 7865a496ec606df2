// FaultInjector: makes operations of rings fail the way the kernel would. What fails with an error
// was not done: its SQE becomes a NOP, and the completion of that says -errno. A short send is a
// shorter send. A multishot operation ends because somebody cancels it. For several rings, each on
// its own thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "net/uring/op_tag.h"
#include "net/uring/ring.h"

namespace signet {

struct Fault {
  enum class Kind : uint8_t {
    kNone,
    kFail,          // With `error`.
    kCutShort,      // Of a send.
    kEndMultishot,  // Of a receive or an accept; with `error`, or 0: ECANCELED.
    kLose,          // A completion: the queue is full, and the kernel has no memory to keep it.
  };
  Kind kind = Kind::kNone;
  int error = 0;
};

// Where something can go wrong.
struct Occasion {
  enum class Kind : uint8_t {
    kSubmit,    // An operation.
    kComplete,  // A completion of one.
    kEnter,     // io_uring_enter.
  };
  Kind kind = Kind::kSubmit;
  Op op = Op::kNone;
  bool goes_on = false;  // A multishot operation, or a completion that is not the last.
  bool submits = false;  // A call that hands over operations.
};

class FaultInjector : public RingFaults {
 public:
  // Called at each occasion, one at a time.
  using Policy = std::function<Fault(const Occasion&)>;

  // Something that went wrong; `peer_port` is that of the connection concerned, 0 if there is none.
  struct Hit {
    Occasion occasion;
    Fault fault;
    uint16_t peer_port = 0;
  };

  // Forgets earlier hits.
  void Start(Policy policy);
  void Stop();
  std::vector<Hit> hits() const;
  // Completions of `op`, successful or not, since the last hit.
  size_t completions_since_hit(Op op) const;

  void OnSqe(Ring& ring, io_uring_sqe& sqe) override;
  bool AddSqe(Ring& ring, io_uring_sqe& sqe) override;
  bool OnCqe(Ring& ring, io_uring_cqe& cqe) override;
  int OnEnter(Ring& ring, unsigned to_submit) override;

 private:
  struct ShortMessage {
    iovec piece;
    msghdr header;
  };
  struct OfRing {
    bool has_lost = false;               // Which the next call says.
    std::map<uint64_t, int> failing;     // By the user_data of a NOP.
    std::vector<uint64_t> to_cancel;     // user_data.
    std::map<uint64_t, int> ending;      // What a cancelled multishot says instead, by user_data.
    std::map<uint64_t, uint16_t> ports;  // Of the peer, by user_data.
    std::deque<ShortMessage> messages;   // The kernel may not have read them yet.
  };

  Fault Ask(const Occasion& occasion, uint16_t peer_port);
  static void Fail(OfRing& of_ring, io_uring_sqe& sqe, int error);
  static void EndMultishot(OfRing& of_ring, uint64_t user_data, int error);
  static void Lose(Ring& ring, OfRing& of_ring, const io_uring_cqe& cqe);
  static void CutShort(OfRing& of_ring, io_uring_sqe& sqe);

  mutable std::mutex mutex_;
  Policy policy_;
  std::vector<Hit> hits_;
  std::map<Op, size_t> completions_;
  std::map<const Ring*, OfRing> rings_;
};

}  // namespace signet
