// Retained Messages for the tests of RetainedStore.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/topic/retained_store.h"

namespace signet {

inline Instant At(int64_t time_s) { return Instant(seconds(time_s)); }

inline MessageRef MakeMessage(std::string_view topic_name, std::string_view payload = "payload",
                              Instant expires_at = Instant::Never()) {
  return MessageRef(SharedMessage::From({.topic_name = topic_name,
                                         .payload = AsBytes(payload),
                                         .retain = true,
                                         .expires_at = expires_at}));
}

struct Slice {
  std::vector<std::string> topic_names;
  size_t steps = 0;
};

inline Slice ScanSlice(const RetainedStore& store, std::string_view filter, size_t max_steps,
                       RetainedStore::Cursor* cursor, Instant now = At(0)) {
  Slice slice;
  slice.steps = store.Scan(filter, now, max_steps, cursor, [&](const MessageRef& message) {
    slice.topic_names.emplace_back(message->View().topic_name);
    return true;
  });
  return slice;
}

inline Slice ScanAll(const RetainedStore& store, std::string_view filter, Instant now = At(0)) {
  RetainedStore::Cursor cursor;
  return ScanSlice(store, filter, SIZE_MAX, &cursor, now);
}

}  // namespace signet
