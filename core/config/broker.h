// Broker: what holds for the broker as a whole. Fields and defaults are those of the field table in
// broker.cc; many of the original's have nothing to say to a broker of one process, and are
// accepted without effect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/config/field.h"

namespace signet::config {

enum class MemoryProfile : uint8_t { kTiny, kLow, kMedium, kHigh };
enum class QueueStrategy : uint8_t { kNone, kDropOldest };
enum class LogLevelName : uint8_t { kTrace, kDebug, kInfo, kWarn, kError };
enum class LogFormatName : uint8_t { kText, kJson };

struct SubscriberQueueLimit {
  std::optional<uint64_t> length;
  QueueStrategy strategy = QueueStrategy::kNone;
  friend bool operator==(const SubscriberQueueLimit&, const SubscriberQueueLimit&) = default;
};

// advanced.clients: bounds on what clients may ask for.
struct ClientLimits {
  std::optional<uint64_t> max_session_expiry_s;
  std::optional<uint64_t> max_message_expiry_s;
  std::optional<uint64_t> max_packet_bytes;
  std::optional<uint64_t> max_receive_maximum;
  std::optional<uint64_t> max_keep_alive_s;
  std::optional<SubscriberQueueLimit> queue;
  friend bool operator==(const ClientLimits&, const ClientLimits&) = default;
};

struct AdvancedSettings {
  ClientLimits clients;
  friend bool operator==(const AdvancedSettings&, const AdvancedSettings&) = default;
};

struct LogSettings {
  std::optional<LogLevelName> level;
  std::optional<LogFormatName> format;
  friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

struct Diagnostics {
  LogSettings logs;
  friend bool operator==(const Diagnostics&, const Diagnostics&) = default;
};

struct Broker {
  std::string name = "default";
  Origin origin;
  AdvancedSettings advanced;
  Diagnostics diagnostics;
  std::optional<MemoryProfile> memory_profile;
  std::optional<uint64_t> shards;
  uint64_t auth_shards = 1;
  NumberByName limits;  // By the names of core/base/limits.h; each has been checked.

  std::optional<LogLevel> log_level() const;
  friend bool operator==(const Broker&, const Broker&) = default;
};

// Of its `spec`.
extern const FieldTable kBrokerFields;

// Sets what the document says: advanced.clients and memoryProfile, then `limits`, which come last
// and so hold where both say something. What the document leaves out stays as it is.
void ApplyLimits(const Broker& broker, Limits* limits);

}  // namespace signet::config
