// ShardMessage: what one shard tells another, through a mailbox that keeps the order between each
// two of them. All of it is values; only the bytes of a SharedMessage are shared.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/access/author.h"
#include "core/base/ids.h"
#include "core/broker/proof.h"
#include "core/mqtt/application_message.h"
#include "core/mqtt/reason_code.h"
#include "core/topic/retained_store.h"
#include "core/topic/shared_subscription.h"

namespace signet {

// Chosen by the asker; comes back with the answer.
using Token = uint64_t;

// A message that matches some filter which the receiver wants.
struct Forward {
  SharedMessage message;
  PublisherId publisher;
};

// A message of this client went to a Session that falls behind: it is not to be read from until as
// many of these have been taken back (core/broker/brake.h).
struct HoldPublisher {
  ConnectionId client;
};
struct ReleasePublishers {
  std::vector<ConnectionId> clients;
};

// The filters that the sender now wants, perhaps none. Answered by InterestNoted, and where that is
// not `settled` by InterestSettled later.
struct WantFilters {
  Token token = 0;
  std::vector<std::string> filters;
};
// From here on, in the order of the mailbox, the asker gets what it wants.
struct InterestNoted {
  Token token = 0;
  uint64_t stamp = 0;  // The last RetainedStamp number that the answerer has given.
  bool settled = true;
};
// All messages with RETAIN up to that stamp are with their retained stores.
struct InterestSettled {
  Token token = 0;
};
struct DropFilters {
  std::vector<std::string> filters;
};

// A member joins, leaves, or changes state in the group of a Shared Subscription that lives at the
// receiver.
struct JoinShared {
  Token token = 0;
  std::string share_name;
  std::string filter;
  SharedMember member;
};
struct JoinedShared {
  Token token = 0;
  ReasonCode code = ReasonCode::kSuccess;
};
// Answered by LeftShared if it has a token.
struct LeaveShared {
  Token token = 0;
  std::string share_name;
  std::string filter;
  SessionId session;
};
// From here on, in the order of the mailbox, the Session gets nothing from that group.
struct LeftShared {
  Token token = 0;
};
struct SetSharedOnline {
  std::string share_name;
  std::string filter;
  SessionId session;
  bool online = false;
};

// A message for one member. It comes back by SharedRefused if the member cannot take it.
struct SharedDelivery {
  SharedMessage message;
  PublisherId publisher;
  SharedGroupId group;
  SharedMember member;
  // Whether the member's Session may keep it in its queue: nobody in the group is online.
  bool accept_offline = false;
  // Everybody was asked once. Who was believed online, and was not, is asked to keep it; so is who
  // falls behind.
  bool last_resort = false;
  SharedSubscription::PassedOver passed;
};
struct SharedDeliver {
  SharedDelivery delivery;
};
struct SharedRefused {
  SharedDelivery delivery;
};

// For the retained store of the Topic Name's shard. Answered by RetainedSet with the number of its
// stamp.
struct SetRetained {
  SharedMessage message;
  SharedAuthor author;
  uint64_t policy_epoch = 0;  // By which the author was allowed to publish it.
};
struct RetainedSet {
  uint64_t stamp = 0;
  ReasonCode code = ReasonCode::kSuccess;
};

// Asks for a page of the Retained Messages that match a filter, once those with the stamps in
// `seen` (by shard) have been stored.
struct QueryRetained {
  Token token = 0;
  std::string filter;
  RetainedStore::Cursor cursor;
  std::vector<uint64_t> seen;
};
struct RetainedPage {
  Token token = 0;
  RetainedStore::Cursor cursor;
  std::vector<SharedMessage> messages;
};

// A Network Connection on its way to the home shard of its Client Identifier: what net/ knows of
// it, and all bytes received so far, from CONNECT on.
class ConnectionParcel {
 public:
  virtual ~ConnectionParcel() = default;
};
struct HandOver {
  std::unique_ptr<ConnectionParcel> parcel;
  PortId port;
  std::string peer;
  std::unique_ptr<Proof> proof;  // Null: of nobody in particular.
  std::vector<uint8_t> received;
};

using ShardMessage =
    std::variant<Forward, HoldPublisher, ReleasePublishers, WantFilters, InterestNoted,
                 InterestSettled, DropFilters, JoinShared, JoinedShared, LeaveShared, LeftShared,
                 SetSharedOnline, SharedDeliver, SharedRefused, SetRetained, RetainedSet,
                 QueryRetained, RetainedPage, HandOver>;

}  // namespace signet
