// Review: takes from clients and their Sessions what they may not have any more, after a policy has
// changed, after a re-authentication, and when a Session is resumed: the Network Connection,
// Subscriptions, and messages that wait. Everything else stays. Used on the shard's thread alone.
//
// A change of policy binds whoever acts from that moment. What was given out before is taken back
// Session by Session, a turn's share of them at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/broker/authority.h"
#include "core/broker/brake.h"
#include "core/broker/subscribing.h"
#include "core/session/session_store.h"

namespace signet {

class Review {
 public:
  Review(ShardContext* context, Authority* authority, SessionStore* sessions,
         Subscribing* subscribing, Brake* brake)
      : context_(*context),
        authority_(*authority),
        sessions_(*sessions),
        subscribing_(*subscribing),
        brake_(*brake) {}

  // A policy has changed: looks at every Session, present and absent.
  void Begin();
  bool has_work() const { return running_; }
  // A turn's share of it. May end Network Connections and Sessions; nothing may be going over them.
  void Work();

  // The Session has a Network Connection again, perhaps of somebody else. Nothing has been sent.
  void OnAttached(Session& session);
  // Its client, which is connected, has proven something else. May end the Network Connection.
  void OnProvenAnew(Session& session);

 private:
  void Look(Session& session);
  void LookAtAbsent(Session& session);
  // Ends the Network Connection unless the client may connect by the present policy. Whether it
  // has.
  bool ExpelIfNotAllowed(Session& session);
  void Prune(Session& session, const Principal& principal, PortId port);
  void Log(const Session& session, size_t subscriptions, size_t messages);

  ShardContext& context_;
  Authority& authority_;
  SessionStore& sessions_;
  Subscribing& subscribing_;
  Brake& brake_;
  bool running_ = false;
  uint32_t next_ = 0;  // The slot of the Session that comes next.
  size_t steps_ = 0;   // Sessions looked at and decisions asked for, in this turn.
  RateLimit log_{20, 20};
};

}  // namespace signet
