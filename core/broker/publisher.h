// Publisher: what happens with an Application Message once it is accepted, whoever it comes from:
// live delivery, and with RETAIN the retained store. Used on the shard's thread alone.
#pragma once

#include "core/broker/client.h"
#include "core/broker/fan_out.h"
#include "core/broker/retaining.h"

namespace signet {

class Publisher {
 public:
  static inline const SharedAuthor kNobody;  // Bound by nothing.

  Publisher(ShardContext* context, FanOut* fan_out, Retaining* retaining)
      : context_(*context), fan_out_(*fan_out), retaining_(*retaining) {}

  // `stored` may be null; otherwise it runs once a message with RETAIN is with its store (or has
  // found no room there), and at once for a message without. `publisher`: see FanOut.
  // `author`: of a message with RETAIN that a policy has let through. Whether anybody wants it.
  bool Publish(MessageView view, const Session* publisher, Retaining::Stored stored,
               const SharedAuthor& author = kNobody) {
    if (view.retain) view.stamp = retaining_.NextStamp();
    const bool connected = publisher != nullptr && publisher->client != nullptr;
    Outgoing message(view, context_.now,
                     {context_.self, connected ? publisher->client->id() : ConnectionId()});
    const bool anybody = fan_out_.Publish(message, publisher);
    if (view.retain) {
      retaining_.Store(message.Keep(), author, std::move(stored));
    } else if (stored != nullptr) {
      std::move(stored)(ReasonCode::kSuccess);
    }
    return anybody;
  }

 private:
  ShardContext& context_;
  FanOut& fan_out_;
  Retaining& retaining_;
};

}  // namespace signet
