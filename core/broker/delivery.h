// Delivery: the last step of a message, to one Session. Sends it at once if the Client is there,
// has quota and takes its output; otherwise QoS 1 and 2 messages wait in the Session's queue and
// QoS 0 messages are dropped. Nothing is destroyed and no connection is closed in here, so it may
// be called while somebody goes over Subscriptions.
#pragma once

#include <span>

#include "core/broker/brake.h"
#include "core/broker/shard_context.h"
#include "core/mqtt/publish_encoder.h"
#include "core/session/session.h"

namespace signet {

// One message for however many receivers: its encoder, and a handle made when the first receiver
// has to keep it.
class Outgoing {
 public:
  // `view` stays valid as long as this lives. `publisher`: who may have to wait for its receivers.
  Outgoing(const MessageView& view, Instant now, const PublisherId& publisher = {});

  const MessageView& view() const { return view_; }
  PublishEncoder& encoder() { return encoder_; }
  const PublisherId& publisher() const { return publisher_; }
  // The message as something that can be kept.
  const MessageRef& Keep();
  // The same for another shard.
  const SharedMessage& Share() { return Keep()->parts(); }

 private:
  MessageRef kept_;
  MessageView view_;
  PublishEncoder encoder_;
  const PublisherId publisher_;
};

class Delivery {
 public:
  Delivery(ShardContext* context, Brake* brake) : context_(*context), brake_(*brake) {}

  // What the Subscriptions of one Session make of a message.
  struct Terms {
    QoS qos = QoS::kAtMostOnce;
    bool retain = false;
    std::span<const uint32_t> subscription_ids;
  };

  void Deliver(Outgoing& message, const Terms& terms, Session& session);

  // Whether Deliver would send or queue a message of `size` bytes rather than drop it;
  // `accept_behind`: even if publishers would have to wait for it.
  bool CanTake(Session& session, QoS qos, size_t size, bool accept_behind) const;

  // Whether Deliver would send at once. (A QoS 0 message it might send beyond this, up to the
  // limits.)
  bool CanSendNow(const Session& session, QoS qos) const;

  // Sends what has to be resent and what is queued, as far as quota and output allow.
  void Pump(Session& session);

 private:
  void SendUntracked(Outgoing& message, const Terms& terms, Client& client);
  // False if the packet is too large for the client.
  bool Fits(const PublishEncoder& encoder, const PublishDelivery& delivery,
            const Client& client) const;
  void Track(OutboundMessage outbound, PublishEncoder& encoder, Session& session);
  void Write(PublishEncoder& encoder, PublishDelivery delivery, Client& client);
  void Queue(OutboundMessage outbound, const PublisherId& publisher, Session& session);
  void Resend(PacketId id, Session& session);
  void SendQueued(Session& session);

  ShardContext& context_;
  Brake& brake_;
};

}  // namespace signet
