#include "tests/net/faults/fault_injector.h"

#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "net/socket.h"
#include "net/socket_address.h"

namespace signet {
namespace {

// Marks the NOP in place of an operation; no Op is that large.
constexpr uint64_t kFailing = uint64_t{1} << 63;

bool IsMultishot(const io_uring_sqe& sqe) {
  return (sqe.opcode == IORING_OP_RECV && (sqe.ioprio & IORING_RECV_MULTISHOT) != 0) ||
         (sqe.opcode == IORING_OP_ACCEPT && (sqe.ioprio & IORING_ACCEPT_MULTISHOT) != 0);
}

uint16_t PeerPort(const io_uring_sqe& sqe) {
  const Op op = OpTag::Unpack(sqe.user_data).op;
  if (op != Op::kReceive && op != Op::kSend) return 0;
  return SocketAddress::OfPeer(sqe.fd).port();
}

}  // namespace

void FaultInjector::Start(Policy policy) {
  const std::lock_guard lock(mutex_);
  policy_ = std::move(policy);
  hits_.clear();
}

void FaultInjector::Stop() {
  const std::lock_guard lock(mutex_);
  policy_ = nullptr;
}

std::vector<FaultInjector::Hit> FaultInjector::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

size_t FaultInjector::completions_since_hit(Op op) const {
  const std::lock_guard lock(mutex_);
  const auto found = completions_.find(op);
  return found == completions_.end() ? 0 : found->second;
}

Fault FaultInjector::Ask(const Occasion& occasion, uint16_t peer_port) {
  if (!policy_) return {};
  const Fault fault = policy_(occasion);
  if (fault.kind == Fault::Kind::kNone) return {};
  hits_.push_back({.occasion = occasion, .fault = fault, .peer_port = peer_port});
  completions_.clear();
  return fault;
}

void FaultInjector::OnSqe(Ring& ring, io_uring_sqe& sqe) {
  const std::lock_guard lock(mutex_);
  OfRing& of_ring = rings_[&ring];
  const uint16_t peer_port = of_ring.ports[sqe.user_data] = PeerPort(sqe);
  const Fault fault = Ask({.kind = Occasion::Kind::kSubmit,
                           .op = OpTag::Unpack(sqe.user_data).op,
                           .goes_on = IsMultishot(sqe)},
                          peer_port);
  switch (fault.kind) {
    case Fault::Kind::kNone:
    case Fault::Kind::kLose:
      return;
    case Fault::Kind::kFail:
      return Fail(of_ring, sqe, fault.error);
    case Fault::Kind::kCutShort:
      return CutShort(of_ring, sqe);
    case Fault::Kind::kEndMultishot:
      return EndMultishot(of_ring, sqe.user_data, fault.error);
  }
}

void FaultInjector::Fail(OfRing& of_ring, io_uring_sqe& sqe, int error) {
  const uint64_t user_data = sqe.user_data | kFailing;
  io_uring_prep_nop(&sqe);
  io_uring_sqe_set_data64(&sqe, user_data);
  // Whatever was asked for: a failure is always told.
  sqe.flags = 0;
  of_ring.failing[user_data] = error;
}

void FaultInjector::EndMultishot(OfRing& of_ring, uint64_t user_data, int error) {
  of_ring.to_cancel.push_back(user_data);
  of_ring.ending[user_data] = error == 0 ? ECANCELED : error;
}

void FaultInjector::CutShort(OfRing& of_ring, io_uring_sqe& sqe) {
  const auto half = [](size_t size) { return std::max<size_t>(size / 2, 1); };
  sqe.msg_flags &= ~static_cast<unsigned>(MSG_WAITALL);
  if (sqe.opcode == IORING_OP_SEND) {
    sqe.len = static_cast<uint32_t>(half(sqe.len));
    return;
  }
  ShortMessage& message = of_ring.messages.emplace_back();
  message.header = *std::bit_cast<const msghdr*>(sqe.addr);
  message.piece = message.header.msg_iov[0];
  message.piece.iov_len = half(message.piece.iov_len);
  message.header.msg_iov = &message.piece;
  message.header.msg_iovlen = 1;
  sqe.addr = reinterpret_cast<uint64_t>(&message.header);
}

bool FaultInjector::AddSqe(Ring& ring, io_uring_sqe& sqe) {
  const std::lock_guard lock(mutex_);
  std::vector<uint64_t>& to_cancel = rings_[&ring].to_cancel;
  if (to_cancel.empty()) return false;
  io_uring_prep_cancel64(&sqe, to_cancel.back(), 0);
  io_uring_sqe_set_data64(&sqe, OpTag{}.Pack());
  to_cancel.pop_back();
  return true;
}

bool FaultInjector::OnCqe(Ring& ring, io_uring_cqe& cqe) {
  const std::lock_guard lock(mutex_);
  OfRing& of_ring = rings_[&ring];
  if ((cqe.user_data & kFailing) != 0) {
    const auto failing = of_ring.failing.extract(cqe.user_data);
    cqe.user_data &= ~kFailing;
    cqe.res = -failing.mapped();
    cqe.flags = 0;
  }
  const bool goes_on = (cqe.flags & IORING_CQE_F_MORE) != 0;
  if (!goes_on) {
    // It may have come to another end before it was cancelled.
    const auto ending = of_ring.ending.extract(cqe.user_data);
    if (ending && cqe.res == -ECANCELED) cqe.res = -ending.mapped();
  }
  const Op op = OpTag::Unpack(cqe.user_data).op;
  ++completions_[op];
  const Fault fault = Ask({.kind = Occasion::Kind::kComplete, .op = op, .goes_on = goes_on},
                          of_ring.ports[cqe.user_data]);
  if (fault.kind == Fault::Kind::kEndMultishot) {
    EndMultishot(of_ring, cqe.user_data, fault.error);
  }
  if (fault.kind != Fault::Kind::kLose) return true;
  Lose(ring, of_ring, cqe);
  return false;
}

void FaultInjector::Lose(Ring& ring, OfRing& of_ring, const io_uring_cqe& cqe) {
  ++*ring.raw()->cq.koverflow;
  of_ring.has_lost = true;
  // The test that looks for leaks wants it closed; nobody else can.
  if (OpTag::Unpack(cqe.user_data).op == Op::kAccept) Socket(cqe.res).Close();
}

int FaultInjector::OnEnter(Ring& ring, unsigned to_submit) {
  const std::lock_guard lock(mutex_);
  // What it submits is submitted, and then the number of that is its result.
  if (to_submit == 0 && std::exchange(rings_[&ring].has_lost, false)) return -EBADR;
  return -Ask({.kind = Occasion::Kind::kEnter, .submits = to_submit > 0}, 0).error;
}

}  // namespace signet
