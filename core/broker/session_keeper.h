// SessionKeeper: when Sessions begin, are taken over, and end, and when their Wills are published
// (MQTT 5, 4.1, 3.1.2.4, 3.1.2.5, 3.1.2.11.2, 3.1.3.2.2, 3.1.4). Used on the shard's thread alone.
#pragma once

#include <memory>
#include <string_view>

#include "core/broker/authority.h"
#include "core/broker/publisher.h"
#include "core/broker/shard_context.h"
#include "core/broker/subscribing.h"
#include "core/session/session_store.h"

namespace signet {

class SessionKeeper {
 public:
  SessionKeeper(ShardContext* context, Authority* authority, SessionStore* sessions,
                Subscribing* subscribing, Publisher* publisher, Brake* brake)
      : context_(*context),
        authority_(*authority),
        sessions_(*sessions),
        subscribing_(*subscribing),
        publisher_(*publisher),
        brake_(*brake) {}

  struct Attached {
    Session* session = nullptr;  // Null: Limits::sessions is reached.
    bool present = false;        // Session Present of CONNACK.
  };
  // Gives `client_id` its Session: the one that exists, or a new one. No Network Connection may
  // hold it any more (see ShardBroker::TakeOver).
  Attached Attach(std::string_view client_id, bool clean_start);

  // The Network Connection of `session` has ended. `with_will`: not by a DISCONNECT that discards
  // the Will [MQTT-3.14.4-3]. `expiry_s` is the Session Expiry Interval that holds now.
  // `author`: as whom its client held it, null if no policy binds what is left.
  void Detach(Session& session, bool with_will, uint32_t expiry_s, SharedAuthor author);

  // A timer of `session` fired.
  void OnTimer(Session& session);

  // Takes back the Subscriptions of Sessions that have ended, a turn's share of them, and destroys
  // those that have none left. Nothing may be going over Sessions.
  void Settle();
  bool has_work() const;

 private:
  void End(Session& session);
  void PublishWill(Session& session);
  void ArmTimer(Session& session);

  ShardContext& context_;
  Authority& authority_;
  SessionStore& sessions_;
  Subscribing& subscribing_;
  Publisher& publisher_;
  Brake& brake_;
  BlockQueue<Session*> ended_;
};

}  // namespace signet
