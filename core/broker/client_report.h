// ClientReport: what an operator is told of a client and its Session: a copy, of a moment between
// two packets, so that it can leave its shard. How much is copied in one turn has bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/access/principal.h"
#include "core/base/ids.h"
#include "core/mqtt/control_packet.h"

namespace signet {

struct ClientReport {
  std::string client_id;
  bool is_connected = false;
  // Of the Network Connection; of an absent Client, as whom it was connected last, as far as a
  // policy or its Will had that kept.
  Principal principal;
  std::optional<PortId> port;  // Whose policy binds it.
  std::string peer;            // Of the Network Connection, like the version.
  ProtocolVersion version = ProtocolVersion::k5;
  // Of its Session.
  uint64_t subscriptions = 0;
  uint64_t queued_messages = 0;
  uint64_t queued_bytes = 0;
  uint64_t inflight_messages = 0;
};

struct ClientPage {
  // Sessions and room for them that one call looks at, and the bytes it copies: it is one turn's.
  static constexpr uint32_t kMostSlots = 1024;
  static constexpr size_t kMostBytes = 256 * 1024;
  struct Bounds {
    uint32_t slot = 0;  // Where to begin.
    size_t clients = 0;
    bool with_absent = false;  // Sessions whose Client is not connected.
  };

  std::vector<ClientReport> clients;
  size_t bytes = 0;                   // Of what was copied, about.
  std::optional<uint32_t> next_slot;  // Nothing: those were the last ones.
};

struct ClientDetails {
  static constexpr size_t kMostFilters = 1000;
  static constexpr size_t kMostFilterBytes = 256 * 1024;

  ClientReport report;
  std::vector<std::string> filters;  // As far as they fit; the oldest first.
};

struct ClientDecision {
  ClientReport report;
  bool is_allowed = false;
};

}  // namespace signet
