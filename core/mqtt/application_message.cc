#include "core/mqtt/application_message.h"

#include <cstring>

namespace signet {
namespace {

bool LiesWithin(const SharedBuffer& buffer, const MessageView& view) {
  const uint8_t* begin = buffer.data();
  const uint8_t* end = begin + buffer.size();
  const auto inside = [&](ByteView part) {
    return part.empty() || (part.data() >= begin && part.data() + part.size() <= end);
  };
  return inside(AsBytes(view.topic_name)) && inside(view.properties) && inside(view.payload);
}

}  // namespace

SharedMessage SharedMessage::From(const MessageView& view) {
  SharedMessage message{.payload_size = static_cast<uint32_t>(view.payload.size()),
                        .properties_size = static_cast<uint32_t>(view.properties.size()),
                        .topic_size = static_cast<uint16_t>(view.topic_name.size()),
                        .qos = view.qos,
                        .retain = view.retain,
                        .expires_at = view.expires_at,
                        .stamp = view.stamp};
  if (view.storage != nullptr && LiesWithin(*view.storage, view)) {
    message.storage = *view.storage;
    const uint8_t* begin = message.storage.data();
    const auto offset = [&](ByteView part) {
      return part.empty() ? 0 : static_cast<uint32_t>(part.data() - begin);
    };
    message.topic_offset = offset(AsBytes(view.topic_name));
    message.properties_offset = offset(view.properties);
    message.payload_offset = offset(view.payload);
    return message;
  }
  message.properties_offset = message.topic_size;
  message.payload_offset = message.properties_offset + message.properties_size;
  message.storage = SharedBuffer::Allocate(message.payload_offset + view.payload.size());
  ByteWriter writer({message.storage.MutableData(), message.storage.size()});
  writer.WriteBytes(AsBytes(view.topic_name));
  writer.WriteBytes(view.properties);
  writer.WriteBytes(view.payload);
  return message;
}

MessageView SharedMessage::View() const {
  const uint8_t* begin = storage.data();
  return {.topic_name = AsText({begin + topic_offset, topic_size}),
          .payload = {begin + payload_offset, payload_size},
          .properties = {begin + properties_offset, properties_size},
          .qos = qos,
          .retain = retain,
          .expires_at = expires_at,
          .stamp = stamp,
          .storage = &storage};
}

uint32_t RemainingExpirySeconds(Instant expires_at, Instant now) {
  const Duration left = expires_at - now;
  if (left <= Duration::zero()) return 0;
  return static_cast<uint32_t>((left + seconds(1) - Duration(1)) / seconds(1));
}

}  // namespace signet
