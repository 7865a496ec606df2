// Brake: makes publishers wait for a Session that falls behind, instead of dropping what they would
// be acknowledged. Once the queue of a Session whose Client is there is half full, whoever
// publishes a QoS 1 or 2 message into it is not read from until it has shrunk to a quarter. What is
// on its way by then is still kept (Limits::queued_messages says how much). A Client that takes
// less than Limits::brake_rate is not waited for: it would hold up others at its will. That takes
// two looks half a second apart, for what it has sent may lie unread after one: a busy machine had
// us wait.
//
// A Client that is waited for does not itself wait, so that its acknowledgements are read: clients
// that publish to each other cannot block each other.
//
// Both sides are here, and tell each other across shards: the Session that falls behind, and the
// publishers at home on this shard. Used on the shard's thread alone.
#pragma once

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/base/slot_map.h"
#include "core/broker/client.h"
#include "core/broker/shard_context.h"
#include "core/session/session.h"

namespace signet {

class Brake {
 public:
  Brake(ShardContext* context, SlotMap<Client, ConnectionId>* clients);

  // -- For Sessions of this shard.
  // A message of `publisher` was queued although it was behind.
  void HoldBack(Session& session, const PublisherId& publisher);
  // `count` messages were taken from its queue.
  void OnTaken(Session& session, size_t count) {
    if (session.pace != Session::Pace::kKeepsUp) Take(session, count);
  }
  // Its Client is gone.
  void Forget(Session& session) {
    if (session.pace != Session::Pace::kKeepsUp) End(session);
  }
  // Whether one more message for its queue would make publishers wait.
  bool IsBehind(const Session& session) const {
    return session.client != nullptr &&
           (session.pace != Session::Pace::kKeepsUp || IsHalfFull(session.queue));
  }
  // How much its queue holds: more while publishers wait for it.
  OutboundQueue::Bounds BoundsOf(const Session& session) const;

  // The timer fired: judges who is waited for.
  void Check();

  // -- For publishers of this shard. Who is gone is left out.
  void OnHold(const HoldPublisher& hold);
  void OnRelease(const ReleasePublishers& release);

 private:
  // What is waited for.
  struct Wait {
    std::vector<PublisherId> held;  // One for each message; a publisher may stand here repeatedly.
    size_t taken = 0;               // Since the last look.
    Instant looked;
    bool was_slow = false;  // At the last look.
  };

  bool IsHalfFull(const OutboundQueue& queue) const;
  bool IsOverQuarter(const OutboundQueue& queue) const;
  bool IsSlow(const Wait& wait, Duration passed) const;
  void Take(Session& session, size_t count);
  // Lets go whom it held.
  void Release(Wait& wait);
  void End(Session& session);
  void GiveUp(Session& session, Wait& wait);

  ShardContext& context_;
  SlotMap<Client, ConnectionId>& clients_;
  absl::flat_hash_map<Session*, Wait> waits_;  // Of every Session with a pace but kKeepsUp.
  Timer timer_;
  RateLimit log_{5, 5};
};

}  // namespace signet
