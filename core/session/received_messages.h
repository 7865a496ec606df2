// ReceivedMessages: the QoS 2 messages that a Client has begun to send and not yet released: those
// whose PUBREL has not come [MQTT-4.3.3-10]. Part of the Session State. An empty one holds no
// memory.
#pragma once

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "core/mqtt/control_packet.h"

namespace signet {

class ReceivedMessages {
 public:
  bool Contains(PacketId id) const { return messages_ != nullptr && messages_->contains(id); }
  void Add(PacketId id) {
    if (messages_ == nullptr) messages_ = std::make_unique<Map>();
    messages_->emplace(id, true);
  }

  size_t size() const { return messages_ != nullptr ? messages_->size() : 0; }

  // Counts the message, which is there, against the Receive Maximum of the present connection.
  // False if it was counted already.
  bool Count(PacketId id) { return !std::exchange(messages_->find(id)->second, true); }
  // Forgets the message, which is there. Whether it was counted.
  bool Erase(PacketId id) {
    const auto found = messages_->find(id);
    const bool counted = found->second;
    messages_->erase(found);
    if (messages_->empty()) messages_.reset();
    return counted;
  }
  // A new Network Connection: nothing is counted any more.
  void ForgetCounts() {
    if (messages_ == nullptr) return;
    for (auto& [id, counted] : *messages_) counted = false;
  }

 private:
  using Map = absl::flat_hash_map<PacketId, bool>;  // Whether it is counted.
  std::unique_ptr<Map> messages_;
};

}  // namespace signet
