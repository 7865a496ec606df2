// "May you?", asked by core/broker and answered by auth/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/access/principal.h"
#include "core/mqtt/control_packet.h"

namespace signet {

enum class Action : uint8_t { kConnect, kPublish, kSubscribe };

// How something is published or subscribed to: what a token says may turn on it, what a policy says
// does not.
struct Manner {
  // Of a PUBLISH, or the most that a Subscription asks for. Nothing: it is enough that it would be
  // allowed with one of the three.
  std::optional<QoS> qos;
  bool retain = false;  // Of a PUBLISH.
};

// Answers for one shard, on its thread alone, at once.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // `topic` is a Topic Name for kPublish, a Topic Filter without $share for kSubscribe, empty for
  // kConnect.
  virtual bool Allows(const Principal& principal, std::string_view client_id, Action action,
                      std::string_view topic, const Manner& manner) = 0;
  // Why it answers so, for the log: which rule says so, and where that stands, or what the nearest
  // one lacks. Printable, one line; empty where there is nothing to say. It may look at every rule
  // and is for people, not for each message.
  virtual std::string Reason(const Principal&, std::string_view /*client_id*/, Action,
                             std::string_view /*topic*/, const Manner&) const {
    return {};
  }
};

}  // namespace signet
