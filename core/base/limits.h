// Every bound of the broker: its name, its default, the range it can be set to, and what happens at
// it. docs/LIMITS.md is generated from this table. Set once at start; read by every shard.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/status.h"

namespace signet {

struct Limits {
  // Connections and CONNECT.
  uint64_t connections = 1'000'000;
  uint64_t connect_timeout_s = 10;
  uint64_t connect_bytes = 12 * 1024;
  uint64_t client_id_bytes = 1024;
  uint64_t keep_alive_s = 65'535;
  uint64_t server_keep_alive_s = 0;
  uint64_t auth_questions = 4096;
  uint64_t credential_bytes = 64 * 1024;
  uint64_t logged_denials = 4096;

  // Packets.
  uint64_t packet_bytes = 268'435'460;
  uint64_t user_properties = 256;
  uint64_t topic_levels = 128;
  uint64_t topic_bytes = 65'535;
  uint64_t topic_aliases_in = 64;
  uint64_t topic_aliases_out = 64;

  // Sessions.
  uint64_t sessions = 1'000'000;
  uint64_t session_expiry_s = UINT32_MAX;
  uint64_t subscriptions = 65'536;
  uint64_t filter_bytes = 4 << 20;
  uint64_t filters_per_packet = 4096;
  uint64_t shared_members = 10'000;
  uint64_t receive_maximum = 1024;
  uint64_t inflight_messages = 1024;
  uint64_t queued_messages = 10'000;
  uint64_t queued_bytes = 64 << 20;
  uint64_t queue_drops_oldest = 0;
  uint64_t message_expiry_s = 0;

  // Retained Messages.
  uint64_t retained_messages = 1'000'000;
  uint64_t retained_bytes = 1 << 30;

  // Slow readers and back-pressure.
  uint64_t output_soft_bytes = 64 * 1024;
  uint64_t output_hard_bytes = 1 << 20;
  uint64_t send_stall_s = 10;
  uint64_t brake_rate = 100;
  uint64_t pending_acks = 1024;
  uint64_t mailbox_backlog = 4096;
  uint64_t memory_bytes = 0;

  // Being stopped.
  uint64_t drain_timeout_s = 5;
};

// One row of the table.
struct LimitInfo {
  std::string_view name;
  uint64_t Limits::*value;
  uint64_t least;
  uint64_t most;
  std::string_view unit;
  // What the limit counts, and what happens at it, with the Reason Code.
  std::string_view meaning;
};

std::span<const LimitInfo> AllLimits();

// Sets one limit by its name. The error names the limit, the range, and for an unknown name the
// nearest one.
Status SetLimit(std::string_view name, uint64_t value, Limits* limits);

}  // namespace signet
