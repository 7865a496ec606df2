// PollSet: the descriptors that libcurl waits for, watched by polls of the ring. libcurl believes
// that readiness is reported as long as it lasts, but a multishot poll reports only that it comes.
// So each poll is for one event, and armed again once libcurl has dealt with it. Nothing of a poll
// lies in our memory: what comes after the set has died is ignored by whoever has the ring. Used on
// the ring's thread alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/time.h"
#include "net/uring/ring.h"

namespace signet {

class CurlPool;

class PollSet {
 public:
  explicit PollSet(Ring* ring) : ring_(*ring) {}
  PollSet(const PollSet&) = delete;
  PollSet& operator=(const PollSet&) = delete;
  // Cancels all polls; the SQEs go with the next ones.
  ~PollSet();

  // From the next Settle() on, waits for `events` (POLLIN, POLLOUT or both) of `fd` for `owner`,
  // instead of what was said of it before.
  void Watch(int fd, uint32_t events, CurlPool* owner);
  // `fd` is about to be closed, or nobody waits for it any more.
  void Forget(int fd);
  void ForgetAllOf(const CurlPool* owner);
  // Arms what is to be and is not; to be called after libcurl was.
  void Settle();

  struct Ready {
    CurlPool* owner;
    int fd;
    uint32_t events;  // As poll(2) says.
  };
  // Op::kPollHttp. Nothing if the poll was forgotten meanwhile, or failed: it is then armed again
  // after a pause, as it might only fail again at once.
  std::optional<Ready> OnPoll(const Completion& completion, Instant now);
  // Op::kCancelHttpPoll.
  void OnCancel(const Completion& completion, Instant now);
  // A completion was lost: asks of each poll whether it was its own.
  void Reassure();

  // Goes on if a pause is over.
  void CheckTime(Instant now);
  Instant NextDeadline() const { return paused_until_; }

  size_t size() const { return polls_.size(); }

 private:
  static constexpr Duration kPause = milliseconds(10);

  struct Poll {
    CurlPool* owner = nullptr;
    uint32_t wanted = 0;
    uint32_t armed = 0;       // What it waits for in the ring; 0: it is not there.
    uint32_t generation = 0;  // Of the last time that it was armed.
  };

  void Arm(int fd, Poll& poll);
  void Cancel(OpTag poll);
  void CancelIfArmed(int fd, Poll& poll);
  // The poll is not in the ring any more, and did not say what it was there for.
  void ArmAfterPause(int fd, Poll& poll, Instant now);

  Ring& ring_;
  absl::flat_hash_map<int, Poll> polls_;
  std::vector<int> changed_;  // For Settle().
  // For the end of the pause.
  std::vector<int> to_arm_;
  std::vector<OpTag> to_cancel_;
  Instant paused_until_ = Instant::Never();
  uint32_t generation_ = 0;  // The last one that was given out.
};

}  // namespace signet
