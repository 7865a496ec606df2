// "May you?", asked by core/broker and answered by auth/.
#pragma once

#include <cstdint>
#include <string>
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
  // Why it answers so, for the log: which rule says so, and where that stands, or what the nearest
  // one lacks. Printable, one line; empty where there is nothing to say. It may look at every rule
  // and is for people, not for each message.
  virtual std::string Reason(const Principal&, std::string_view /*client_id*/, Action,
                             std::string_view /*topic*/) const {
    return {};
  }
};

}  // namespace signet
