#include "tests/net/faults/failures.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "tests/sim/random.h"

namespace signet {
namespace {

constexpr auto kFail = Fault::Kind::kFail;
constexpr auto kEndMultishot = Fault::Kind::kEndMultishot;
constexpr auto kSubmit = Occasion::Kind::kSubmit;
constexpr auto kComplete = Occasion::Kind::kComplete;
constexpr auto kEnter = Occasion::Kind::kEnter;

}  // namespace

std::span<const Failure> AllFailures() {
  static const std::set<Op> all{Op::kAccept, Op::kReceive,  Op::kSend,
                                Op::kCancel, Op::kRingBell, Op::kReadEvent};
  static const std::set<Op> transfers{Op::kReceive, Op::kSend};
  static const std::set<Op> multishots{Op::kReceive, Op::kAccept};
  static const std::vector<Failure> failures{
      {"NoMemory", {kFail, ENOMEM}, kSubmit, all},
      {"Cancelled", {kFail, ECANCELED}, kSubmit, all},
      {"NoBuffers", {kFail, ENOBUFS}, kSubmit, {Op::kReceive, Op::kSend, Op::kAccept}},
      {"Interrupted", {kFail, EINTR}, kSubmit, transfers},
      {"TryAgain", {kFail, EAGAIN}, kSubmit, transfers},
      {"NoDescriptor", {kFail, EMFILE}, kSubmit, {Op::kAccept}},
      {"NoDescriptorForAnybody", {kFail, ENFILE}, kSubmit, {Op::kAccept}},
      {"ConnectionAborted", {kFail, ECONNABORTED}, kSubmit, {Op::kAccept}},
      {"NothingToCancel", {kFail, ENOENT}, kSubmit, {Op::kCancel}},
      {"TooLateToCancel", {kFail, EALREADY}, kSubmit, {Op::kCancel}},
      {"NoRoomForAMessage", {kFail, EOVERFLOW}, kSubmit, {Op::kRingBell}},
      {"NoRingForAMessage", {kFail, EBADFD}, kSubmit, {Op::kRingBell}},
      {"ShortSend", {Fault::Kind::kCutShort}, kSubmit, {Op::kSend}},
      {"MultishotEndsAtOnce", {kEndMultishot}, kSubmit, multishots},
      {"MultishotEnds", {kEndMultishot}, kComplete, multishots},
      {"MultishotRunsOutOfBuffers", {kEndMultishot, ENOBUFS}, kComplete, {Op::kReceive}},
      {"MultishotRunsOutOfMemory", {kEndMultishot, ENOMEM}, kComplete, multishots},
      {"MultishotRunsOutOfDescriptors", {kEndMultishot, EMFILE}, kComplete, {Op::kAccept}},
      {"CallWithoutMemory", {kFail, EAGAIN}, kEnter, {Op::kNone}},
      {"CallWithTooMuchToTake", {kFail, EBUSY}, kEnter, {Op::kNone}},
      {"CallInterrupted", {kFail, EINTR}, kEnter, {Op::kNone}},
  };
  return failures;
}

const Failure& FailureNamed(std::string_view name) {
  const auto found = std::ranges::find(AllFailures(), name, &Failure::name);
  if (found == AllFailures().end()) std::abort();
  return *found;
}

bool Failure::IsPossible(const Occasion& at) const {
  if (at.kind != occasion || !ops.contains(at.op)) return false;
  if (fault.kind == kEndMultishot) return at.goes_on;
  // Only for what is submitted memory is needed.
  return occasion != Occasion::Kind::kEnter || fault.error != EAGAIN || at.submits;
}

FaultInjector::Policy FailNth(const Failure& failure, int nth) {
  return [&failure, left = nth](const Occasion& occasion) mutable {
    return failure.IsPossible(occasion) && --left == 0 ? failure.fault : Fault{};
  };
}

FaultInjector::Policy FailAlways(const Failure& failure) {
  return [&failure](const Occasion& occasion) {
    return failure.IsPossible(occasion) ? failure.fault : Fault{};
  };
}

FaultInjector::Policy FailAtRandom(uint64_t seed, uint32_t percent) {
  return [random = sim::Random(seed), percent](const Occasion& occasion) mutable -> Fault {
    if (!random.Chance(percent)) return {};
    std::vector<const Failure*> possible;
    for (const Failure& failure : AllFailures()) {
      if (failure.IsPossible(occasion)) possible.push_back(&failure);
    }
    return possible.empty() ? Fault{}
                            : random.OneOf(std::span<const Failure* const>(possible))->fault;
  };
}

}  // namespace signet
