// "May you?", asked by core/broker and answered by auth/.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/access/principal.h"

namespace signet {

enum class Action : uint8_t { kConnect, kPublish, kSubscribe };

// Answers for one shard, on its thread alone, at once.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // `topic` is a Topic Name for kPublish, a Topic Filter without $share for kSubscribe, empty for
  // kConnect.
  virtual bool Allows(const Principal& principal, std::string_view client_id, Action action,
                      std::string_view topic) = 0;
};

}  // namespace signet
