// InflightWindow: the QoS 1 and 2 messages that were sent to a Client and are not yet completely
// acknowledged (MQTT 5, 4.3, 4.4, 4.9). Part of the Session State. The Packet Identifier is the
// place of a message here plus one, so an acknowledgement finds it without a search; places are
// reused in turn, so that a late duplicate does not meet a new message.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/session/outbound_message.h"

namespace signet {

class InflightWindow {
 public:
  enum class Stage : uint8_t {
    kFree,
    kPublished,  // PUBLISH sent; waits for PUBACK or PUBREC.
    kReleased,   // PUBREC received, PUBREL sent; waits for PUBCOMP. The message itself is gone.
  };
  struct Entry {
    OutboundMessage outbound;
    uint64_t order = 0;
    Stage stage = Stage::kFree;
    bool counted =
        false;  // Its PUBLISH was sent on the present connection and took from the quota.
  };

  // A new Network Connection: at most `receive_maximum` messages may be sent on it and not be
  // complete, and at most `most` be here, those of earlier connections included. What is still here
  // must be sent again, in order [MQTT-4.4.0-1]; NextToResend() gives it.
  void Resume(uint16_t receive_maximum, uint16_t most);

  // The oldest entry that has to be sent again on this connection; 0 if there is none. A kPublished
  // one needs quota.
  PacketId NextToResend() const;
  void MarkResent(PacketId id);

  // Whether one more PUBLISH may be under way [MQTT-3.3.4-9].
  bool HasQuota() const { return quota_ > 0 && used_ < most_; }

  // The same for one that is here already.
  bool CanResend() const { return quota_ > 0; }

  // Takes a Packet Identifier for a message that is sent now. HasQuota() must hold, and nothing be
  // left to resend.
  PacketId Add(OutboundMessage outbound);

  // Null unless a message with this identifier is under way.
  const Entry* Find(PacketId id) const;

  // PUBREC: forgets the message, keeps the identifier; the caller sends PUBREL.
  void Release(PacketId id);
  // PUBACK, PUBCOMP, or PUBREC with an error: the identifier is free again and the quota comes
  // back.
  void Complete(PacketId id);

  // Takes back messages of which `refused` is true, as far as they were not sent on the present
  // connection; `sent_too`: there is none. What is QoS 1 is forgotten. What is QoS 2 goes on as if
  // it had been received: PUBREL makes sure that the Client does not wait for it with an identifier
  // that then stands for another message. How many it has taken back.
  size_t Recall(bool sent_too, absl::FunctionRef<bool(const OutboundMessage&)> refused);

  size_t size() const { return used_; }

 private:
  Entry& At(PacketId id) { return entries_[id - 1u]; }
  PacketId TakeFree();
  void DropFromResend(PacketId id);

  std::vector<Entry> entries_;
  std::vector<PacketId> resend_;  // In reverse order: the next one is last.
  uint64_t next_order_ = 1;
  uint32_t used_ = 0;
  uint16_t quota_ = 0;
  uint16_t most_ = 0;
  uint16_t hint_ = 0;  // Where to look for a free place next.
};

}  // namespace signet
