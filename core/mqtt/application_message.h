// ApplicationMessage: what is published, without the packet around it (MQTT 5, 3.3 and 4.3).
// Immutable once made, copied from the receive buffer once, and counted without atomics inside its
// shard. Only its bytes are shared with other shards, which make messages of their own over them
// (SharedMessage).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/ids.h"
#include "core/base/shared_buffer.h"
#include "core/base/time.h"
#include "core/mqtt/control_packet.h"

namespace signet {

// Numbers the PUBLISH packets with RETAIN of one shard, so that another shard can tell whether a
// Retained Message is one that it has delivered live (core/broker/retained_replay.h). Number 0: not
// retained.
struct RetainedStamp {
  ShardId origin;
  uint64_t number = 0;
};

// A message as it is routed: views that live within one call, over a receive buffer or over a
// message.
struct MessageView {
  std::string_view topic_name;
  ByteView payload;
  // The properties that travel with the message, unaltered and in order, in their wire form: all
  // but Topic Alias, Message Expiry Interval and Subscription Identifier.
  ByteView properties;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;  // As the publisher set it.
  // When the Message Expiry Interval has passed; Never() without one.
  Instant expires_at = Instant::Never();
  RetainedStamp stamp;
  // The bytes behind topic_name, properties and payload, if they outlive the call.
  const SharedBuffer* storage = nullptr;
};

// What crosses shards: the bytes and where the parts lie in them. A value; cheap to move.
struct SharedMessage {
  SharedBuffer storage;
  uint32_t topic_offset = 0;
  uint32_t properties_offset = 0;
  uint32_t payload_offset = 0;
  uint32_t payload_size = 0;
  uint32_t properties_size = 0;
  uint16_t topic_size = 0;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;
  Instant expires_at = Instant::Never();
  RetainedStamp stamp;

  // Copies `view` into a buffer of its own, unless its bytes lie in one already.
  static SharedMessage From(const MessageView& view);
  MessageView View() const;
};

class ApplicationMessage;

// A counted handle for one shard; null when default-made.
class MessageRef {
 public:
  MessageRef() = default;
  explicit MessageRef(SharedMessage parts);
  MessageRef(const MessageRef& other);
  MessageRef(MessageRef&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  MessageRef& operator=(MessageRef other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~MessageRef();

  explicit operator bool() const { return message_ != nullptr; }
  const ApplicationMessage* operator->() const { return message_; }
  const ApplicationMessage& operator*() const { return *message_; }

 private:
  ApplicationMessage* message_ = nullptr;
};

class ApplicationMessage {
 public:
  const SharedMessage& parts() const { return parts_; }
  MessageView View() const { return parts_.View(); }
  // What it costs to keep: the figure that limits on bytes count.
  size_t size() const { return parts_.storage.size(); }

 private:
  friend class MessageRef;
  explicit ApplicationMessage(SharedMessage parts) : parts_(std::move(parts)) {}

  const SharedMessage parts_;
  uint32_t references_ = 1;
};

inline MessageRef::MessageRef(SharedMessage parts)
    : message_(new ApplicationMessage(std::move(parts))) {}
inline MessageRef::MessageRef(const MessageRef& other) : message_(other.message_) {
  if (message_ != nullptr) ++message_->references_;
}
inline MessageRef::~MessageRef() {
  if (message_ != nullptr && --message_->references_ == 0) delete message_;
}

// The seconds that are left of a Message Expiry Interval: what was received less the whole seconds
// that the message has waited [MQTT-3.3.2-6]; 0 once they have passed, as for a message that is
// sent again.
uint32_t RemainingExpirySeconds(Instant expires_at, Instant now);

}  // namespace signet
