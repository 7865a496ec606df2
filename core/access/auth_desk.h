// AuthDesk: the auth shard without I/O, as the thread that runs it sees it. Mail of the shards,
// answers of servers and the time go in; mail for the shards comes out. Whoever runs it does for
// every turn:
//
//   BeginTurn(now, wall)   Take(…) the mail   EndTurn()   move outgoing(…) into the mailboxes
//
// Nothing here blocks. Used on one thread alone.
#pragma once

#include <memory>
#include <string>

#include "core/access/auth_mail.h"
#include "core/base/block_queue.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace signet {

namespace config {
struct BrokerAuthentication;
}

class AuthDesk {
 public:
  virtual ~AuthDesk() = default;

  // `wall` may jump either way, at any time; `now` does not.
  virtual void BeginTurn(Instant now, WallTime wall) = 0;
  virtual void Take(ShardId from, MailToAuth mail) = 0;
  // Fires what is due.
  virtual void EndTurn() = 0;
  // For `to`, oldest first; taken from the front as far as the mailbox has room.
  virtual BlockQueue<MailFromAuth>& outgoing(ShardId to) = 0;
  // No later than this, another turn is due.
  virtual Instant NextDeadline() const = 0;

  // Who decides for the clients of a port from now on. Their present grants are judged anew as far
  // as the method knows by what it let them in (Method::StillHolds), or has kept what they
  // presented (Method::keeps_credentials); the others hold until their deadline. `listener`: its
  // name, for the log and for counters. Shared with whoever made them (std::shared_ptr): asked when
  // a client comes, never by a PUBLISH.
  virtual void SetPort(PortId port, std::string listener,
                       std::shared_ptr<const config::BrokerAuthentication> settings) = 0;
  // Nobody asks for it any more; its present clients are sent away by others.
  virtual void ClosePort(PortId port) = 0;
};

}  // namespace signet
