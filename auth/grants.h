// Grant: what the auth shard remembers of a client that it let in, until the client is gone: where
// it is, who it is, and until when that holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "auth/deadlines.h"
#include "auth/policy.h"
#include "core/access/auth_mail.h"
#include "core/base/slot_map.h"

namespace signet::auth {

struct Grant {
  explicit Grant(GrantId grant_id) : id(grant_id), next_look(this) {}

  const GrantId id;
  // Whose connection it is now, as far as we have heard.
  ShardId shard;
  ConnectionId client;
  PortId port;
  std::shared_ptr<Policy> policy;
  std::shared_ptr<Judge> judge;  // Who let it in.
  std::string username;          // As its client has it: proven, or else its own word.
  std::string identity;
  std::shared_ptr<const CredentialName> credential;  // Of its principal.
  uint64_t mark = 0;                                 // Of its principal.
  WallTime deadline = WallTime::Never();
  // The deadline, or a recheck before it.
  Deadline next_look;
  // When it is judged again by what is kept; never: not at all. Nothing but that puts it off,
  // neither a re-authentication, which the cache may have answered, nor a clock that was set.
  Instant recheck_at = Instant::Never();
  // For rechecks; null where there are none. Secrets, so kept for no other reason.
  std::shared_ptr<const Credentials> kept;
  // It waits to be judged by settings that have changed.
  bool judged_anew_later = false;
  // The last time that a re-authentication was answered by "undecided".
  Instant undecided_at;
  // It has ended, and its client was told to go; why, in case the client was on its way elsewhere.
  bool ended = false;
  ReasonCode notice = ReasonCode::kSuccess;
  std::string why;
};

using Grants = SlotMap<Grant, GrantId>;

}  // namespace signet::auth
