// What containers have taken of the heap, nearly: for figures that are reported.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/hash.h"

namespace signet::auth {

inline size_t BytesOf(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

// Of the map and its keys, without what its values point to. One byte a slot is abseil's own.
template <typename Value>
size_t BytesOfMap(const TextMap<Value>& map) {
  size_t bytes = map.capacity() * (sizeof(typename TextMap<Value>::value_type) + 1);
  for (const auto& [key, value] : map) bytes += BytesOf(key);
  return bytes;
}

}  // namespace signet::auth
