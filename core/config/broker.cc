#include "core/config/broker.h"

#include <algorithm>

#include "core/config/broker_unapplied.h"
#include "core/config/field_reader.h"
#include "core/config/values.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kStrategies[] = {"None", "DropOldest"};
constexpr std::string_view kProfiles[] = {"Tiny", "Low", "Medium", "High"};
constexpr std::string_view kLevels[] = {"trace", "debug", "info", "warn", "error"};
constexpr std::string_view kFormats[] = {"Text", "Json"};

constexpr Field kQueueRows[] = {
    Number<&SubscriberQueueLimit::length>(
        "length", {1, INT64_MAX}, "",
        "messages that wait for one client: the limit queued_messages, at most 100000000"),
    Choice<&SubscriberQueueLimit::strategy>(
        "strategy", kStrategies, "None",
        "which message goes when the queue is full: None, the new one; DropOldest, the oldest one "
        "(the limit queue_drops_oldest)"),
};
constexpr FieldTable kQueueFields{.title = "subscriberQueueLimit", .fields = kQueueRows};

constexpr Field kClientRows[] = {
    Number<&ClientLimits::max_session_expiry_s>("maxSessionExpirySeconds", {1, UINT32_MAX}, "",
                                                "the limit session_expiry_s"),
    Number<&ClientLimits::max_message_expiry_s>("maxMessageExpirySeconds", {1, UINT32_MAX}, "",
                                                "the limit message_expiry_s"),
    Number<&ClientLimits::max_packet_bytes>(
        "maxPacketSizeBytes", {1, 268'435'456}, "",
        "the limit packet_bytes; fewer than 1024 count as 1024"),
    Number<&ClientLimits::max_receive_maximum>(
        "maxReceiveMaximum", {1, 65'535}, "",
        "the most that a client's Receive Maximum counts for: the limit inflight_messages"),
    Number<&ClientLimits::max_keep_alive_s>("maxKeepAliveSeconds", {0, 65'535}, "",
                                            "the limit keep_alive_s; 0: no limit"),
    Object<&ClientLimits::queue>("subscriberQueueLimit", kQueueFields, "what waits for a client"),
};
constexpr FieldTable kClientFields{.title = "clients", .fields = kClientRows};

constexpr Field kAdvancedRows[] = {
    Object<&AdvancedSettings::clients>("clients", kClientFields, "what clients may ask for"),
    UnkeptToggle("encryptInternalTraffic", "Enabled", "shards are threads of one process"),
    UnkeptObject("internalCerts", kInternalCertsFields, "shards are threads of one process"),
};
constexpr FieldTable kAdvancedFields{.title = "advanced", .fields = kAdvancedRows};

constexpr Field kLogRows[] = {
    Choice<&LogSettings::level>("level", kLevels, "",
                                "the least that is logged; without it, info; trace is debug"),
    Choice<&LogSettings::format>("format", kFormats, "",
                                 "lines of text or of JSON; without it, text"),
    Anything("opentelemetryExportConfig", "the log goes to standard error"),
    Anything("opentelemetryCollectorAddress", "the log goes to standard error"),
    Anything("exportIntervalSeconds", "the log goes to standard error"),
    Anything("exportLogLevel", "the log goes to standard error"),
};
constexpr FieldTable kLogFields{.title = "logs", .fields = kLogRows};

constexpr Field kDiagnosticsRows[] = {
    Object<&Diagnostics::logs>("logs", kLogFields, "the log"),
    UnkeptObject("metrics", kMetricsFields, "of a cluster's collector"),
    UnkeptObject("selfCheck", kSelfCheckFields, "a cluster's broker connects to itself"),
    UnkeptObject("traces", kTracesFields, "of a cluster's collector"),
};
constexpr FieldTable kDiagnosticsFields{.title = "diagnostics", .fields = kDiagnosticsRows};

void CheckBroker(const void* object, const YamlNode& node, Reading* reading) {
  for (const std::string_view field : {"persistence", "diskBackedMessageBuffer"}) {
    const YamlNode* block = node.Find(field);
    if (block == nullptr || block->is_null()) continue;
    reading->Complain(block->key_line,
                      fmt::format("{} has no effect: messages are kept in memory alone", field),
                      Severity::kWarning);
  }
  Limits scratch;
  for (const auto& [name, value] : static_cast<const Broker*>(object)->limits) {
    const Status status = SetLimit(name, value, &scratch);
    if (status.ok()) continue;
    const YamlNode* entry = node.Find("limits")->Find(name);
    reading->Complain(entry->key_line, "limits: " + status.sentence());
  }
}

constexpr Field kBrokerRows[] = {
    Object<&Broker::advanced>("advanced", kAdvancedFields, "settings for clients"),
    Object<&Broker::diagnostics>("diagnostics", kDiagnosticsFields, "what the broker tells"),
    Choice<&Broker::memory_profile>(
        "memoryProfile", kProfiles, "",
        "an upper bound on packet_bytes: 4 MiB, 16 MiB, 64 MiB and 256 MiB; without it, none"),
    Map<&Broker::limits>("limits",
                         "limits by their names in [LIMITS.md](LIMITS.md); they hold "
                         "where advanced.clients says something else"),
    Number<&Broker::shards>("shards", {1, 64}, "", "threads; without it, one for each processor"),
    NoEffect(Number<&Broker::auth_shards>("authShards", {1, 16}, "1",
                                          "threads that authenticate; it is one")),
    UnkeptObject("cardinality", kCardinalityFields,
                 "replicas and workers of a cluster; see shards"),
    UnkeptObject("generateResourceLimits", kResourceLimitsFields, "of a cluster's containers"),
    UnkeptObject("diskBackedMessageBuffer", kDiskBufferFields, "messages are kept in memory"),
    UnkeptObject("persistence", kPersistenceFields, "messages are kept in memory"),
};

constexpr uint64_t ProfileBytes(MemoryProfile profile) {
  constexpr uint64_t kMiB = 1 << 20;
  switch (profile) {
    case MemoryProfile::kTiny:
      return 4 * kMiB;
    case MemoryProfile::kLow:
      return 16 * kMiB;
    case MemoryProfile::kMedium:
      return 64 * kMiB;
    case MemoryProfile::kHigh:
      return 256 * kMiB;
  }
  return 256 * kMiB;
}

// As near to `value` as the limit can be set.
void SetWithin(std::string_view name, uint64_t value, Limits* limits) {
  for (const LimitInfo& limit : AllLimits()) {
    if (limit.name == name) limits->*limit.value = std::clamp(value, limit.least, limit.most);
  }
}

}  // namespace

const FieldTable kBrokerFields{.title = "Broker", .fields = kBrokerRows, .check = CheckBroker};

std::optional<LogLevel> Broker::log_level() const {
  if (!diagnostics.logs.level) return std::nullopt;
  switch (*diagnostics.logs.level) {
    case LogLevelName::kTrace:
    case LogLevelName::kDebug:
      return LogLevel::kDebug;
    case LogLevelName::kInfo:
      return LogLevel::kInfo;
    case LogLevelName::kWarn:
      return LogLevel::kWarning;
    case LogLevelName::kError:
      return LogLevel::kError;
  }
  return std::nullopt;
}

void ApplyLimits(const Broker& broker, Limits* limits) {
  const ClientLimits& clients = broker.advanced.clients;
  const auto set = [&](std::string_view name, const std::optional<uint64_t>& value) {
    if (value) SetWithin(name, *value, limits);
  };
  if (broker.memory_profile) {
    set("packet_bytes", std::min(limits->packet_bytes, ProfileBytes(*broker.memory_profile)));
  }
  if (clients.max_packet_bytes) {
    set("packet_bytes", std::min(limits->packet_bytes, *clients.max_packet_bytes));
  }
  set("session_expiry_s", clients.max_session_expiry_s);
  set("message_expiry_s", clients.max_message_expiry_s);
  set("inflight_messages", clients.max_receive_maximum);
  if (clients.max_keep_alive_s) {
    set("keep_alive_s", *clients.max_keep_alive_s == 0 ? UINT16_MAX : *clients.max_keep_alive_s);
  }
  if (clients.queue) {
    set("queued_messages", clients.queue->length);
    set("queue_drops_oldest", clients.queue->strategy == QueueStrategy::kDropOldest ? 1 : 0);
  }
  for (const auto& [name, value] : broker.limits) set(name, value);
}

}  // namespace signet::config
