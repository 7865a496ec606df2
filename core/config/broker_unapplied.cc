#include "core/config/broker_unapplied.h"

#include "core/config/values.h"

namespace signet::config {
namespace {

constexpr std::string_view kToggles[] = {"Enabled", "Disabled"};
constexpr std::string_view kPersistModes[] = {"All", "None", "Custom"};
constexpr std::string_view kPersistedKeyTypes[] = {"Pattern", "String", "Binary"};
constexpr std::string_view kInternalKeyAlgorithms[] = {"Ec256",   "Ec384",   "Ec521",  "Ed25519",
                                                       "Rsa2048", "Rsa4096", "Rsa8192"};
constexpr std::string_view kInternalKeyRotations[] = {"Always", "Never"};
constexpr Range kOneTo16{.least = 1, .most = 16};
constexpr uint64_t kHundredYearsInSeconds = uint64_t{36'500} * 86'400;

constexpr Field kFrontendRows[] = {
    Required(UnkeptNumber("replicas", kOneTo16, "", "of the frontend")),
    UnkeptNumber("workers", kOneTo16, "2", "of each"),
};
constexpr FieldTable kFrontendFields{.title = "frontend", .fields = kFrontendRows};
constexpr Field kBackendRows[] = {
    Required(UnkeptNumber("partitions", kOneTo16, "", "of the backend")),
    Required(UnkeptNumber("redundancyFactor", {1, 5}, "", "copies of each")),
    UnkeptNumber("workers", kOneTo16, "1", "of each"),
};
constexpr FieldTable kBackendFields{.title = "backendChain", .fields = kBackendRows};
constexpr Field kCardinalityRows[] = {
    UnkeptObject("frontend", kFrontendFields, "of a cluster"),
    UnkeptObject("backendChain", kBackendFields, "of a cluster"),
};

constexpr Field kDiskBufferRows[] = {
    Required(UnkeptText("maxSize", CheckDiskSize, "", "of the buffer")),
    Anything("ephemeralVolumeClaimSpec", "of a cluster"),
    Anything("persistentVolumeClaimSpec", "of a cluster"),
};

constexpr Field kInternalKeyRows[] = {
    Required(UnkeptChoice("algorithm", kInternalKeyAlgorithms, "", "of the key")),
    Required(UnkeptChoice("rotationPolicy", kInternalKeyRotations, "", "of the key")),
};
constexpr FieldTable kInternalKeyFields{.title = "privateKey", .fields = kInternalKeyRows};

constexpr Field UnkeptDuration(std::string_view name, std::string_view meaning) {
  Field field = UnkeptNumber(name, {1, kHundredYearsInSeconds}, {}, meaning);
  field.kind = FieldKind::kDuration;
  return field;
}
constexpr Field kInternalCertsRows[] = {
    Required(UnkeptDuration("duration", "of the certificates")),
    Required(UnkeptDuration("renewBefore", "of the certificates")),
    Required(UnkeptObject("privateKey", kInternalKeyFields, "of the certificates")),
};

constexpr Field kMetricsRows[] = {
    UnkeptNumber("prometheusPort", {0, 65'535}, "9600", "where a collector asks"),
    Anything("opentelemetryCollectorAddress", "of a cluster's collector"),
    Anything("exportIntervalSeconds", "of a cluster's collector"),
    Anything("mode", "of a cluster's collector"),
};

constexpr Field kSelfCheckRows[] = {
    UnkeptToggle("mode", "Enabled", "whether it is done"),
    UnkeptNumber("intervalSeconds", {30, 300}, "30", "how often"),
    UnkeptNumber("timeoutSeconds", {5, 120}, "15", "for an answer"),
};

constexpr Field kSelfTracingRows[] = {
    UnkeptToggle("mode", "Enabled", "whether it is done"),
    UnkeptNumber("intervalSeconds", {1, 300}, "30", "how often"),
};
constexpr FieldTable kSelfTracingFields{.title = "selfTracing", .fields = kSelfTracingRows};
constexpr Field kTracesRows[] = {
    UnkeptToggle("mode", "Enabled", "whether there are traces"),
    UnkeptNumber("cacheSizeMegabytes", {1, 128}, "16", "memory for them"),
    UnkeptNumber("spanChannelCapacity", {1000, 100'000}, "1000", "of them at once"),
    UnkeptObject("selfTracing", kSelfTracingFields, "traces of the broker itself"),
    Anything("opentelemetryCollectorAddress", "of a cluster's collector"),
    Anything("exportIntervalSeconds", "of a cluster's collector"),
};

constexpr Field kModeRows[] = {
    Required(UnkeptChoice("mode", kToggles, "", "whether it is done")),
};
constexpr Field kEncryptionRows[] = {
    UnkeptToggle("mode", "Enabled", "whether it is done"),
};
constexpr FieldTable kEncryptionFields{.title = "encryption", .fields = kEncryptionRows};
constexpr FieldTable kDynamicFields{.title = "dynamic", .fields = kModeRows};

constexpr Field kRetainSettingsRows[] = {
    UnkeptTexts("topics", {0, 100'000}, nullptr, "which ones"),
    UnkeptObject("dynamic", kDynamicFields, "whether clients may say so"),
};
constexpr FieldTable kRetainSettingsFields{.title = "retainSettings",
                                           .fields = kRetainSettingsRows};
constexpr Field kRetainRows[] = {
    Required(UnkeptChoice("mode", kPersistModes, "", "what is kept")),
    UnkeptObject("retainSettings", kRetainSettingsFields, "with Custom"),
};
constexpr FieldTable kRetainFields{.title = "retain", .fields = kRetainRows};

constexpr Field kQueueSettingsRows[] = {
    UnkeptTexts("subscriberClientIds", {0, 100'000}, nullptr, "which ones"),
    UnkeptObject("dynamic", kDynamicFields, "whether clients may say so"),
};
constexpr FieldTable kQueueSettingsFields{.title = "subscriberQueueSettings",
                                          .fields = kQueueSettingsRows};
constexpr Field kDiskQueueRows[] = {
    Required(UnkeptChoice("mode", kPersistModes, "", "what is kept")),
    UnkeptObject("subscriberQueueSettings", kQueueSettingsFields, "with Custom"),
};
constexpr FieldTable kDiskQueueFields{.title = "subscriberQueue", .fields = kDiskQueueRows};

constexpr Field kKeysRows[] = {
    Required(UnkeptChoice("keyType", kPersistedKeyTypes, "", "how keys are written")),
    Required(UnkeptTexts("keys", {1, 100'000}, nullptr, "which ones")),
};
constexpr FieldTable kKeysFields{.title = "stateStoreResources[]", .fields = kKeysRows};
constexpr Field kStateSettingsRows[] = {
    UnkeptObjects("stateStoreResources", {0, 100'000}, kKeysFields, "which ones"),
    UnkeptObject("dynamic", kDynamicFields, "whether clients may say so"),
};
constexpr FieldTable kStateSettingsFields{.title = "stateStoreSettings",
                                          .fields = kStateSettingsRows};
constexpr Field kStateRows[] = {
    Required(UnkeptChoice("mode", kPersistModes, "", "what is kept")),
    UnkeptObject("stateStoreSettings", kStateSettingsFields, "with Custom"),
};
constexpr FieldTable kStateFields{.title = "stateStore", .fields = kStateRows};

constexpr Field kDynamicSettingsRows[] = {
    UnkeptText("userPropertyKey", nullptr, "aio-persistence", "by which clients say so"),
    UnkeptText("userPropertyValue", nullptr, "\"true\"", "by which clients say so"),
};
constexpr FieldTable kDynamicSettingsFields{.title = "dynamicSettings",
                                            .fields = kDynamicSettingsRows};

constexpr Field kPersistenceRows[] = {
    Required(UnkeptText("maxSize", CheckDiskSize, "", "of the volume")),
    Anything("persistentVolumeClaimSpec", "of a cluster"),
    UnkeptObject("encryption", kEncryptionFields, "of what is kept"),
    UnkeptObject("retain", kRetainFields, "Retained Messages"),
    UnkeptObject("subscriberQueue", kDiskQueueFields, "messages that wait for a client"),
    UnkeptObject("stateStore", kStateFields, "the state store"),
    UnkeptObject("dynamicSettings", kDynamicSettingsFields, "how clients ask for it"),
};

constexpr Field kResourceLimitsRows[] = {
    UnkeptToggle("cpu", "Enabled", "whether containers get a limit"),
};

}  // namespace

const FieldTable kCardinalityFields{.title = "cardinality", .fields = kCardinalityRows};
const FieldTable kDiskBufferFields{.title = "diskBackedMessageBuffer", .fields = kDiskBufferRows};
const FieldTable kInternalCertsFields{.title = "internalCerts", .fields = kInternalCertsRows};
const FieldTable kMetricsFields{.title = "metrics", .fields = kMetricsRows};
const FieldTable kPersistenceFields{.title = "persistence", .fields = kPersistenceRows};
const FieldTable kResourceLimitsFields{.title = "generateResourceLimits",
                                       .fields = kResourceLimitsRows};
const FieldTable kSelfCheckFields{.title = "selfCheck", .fields = kSelfCheckRows};
const FieldTable kTracesFields{.title = "traces", .fields = kTracesRows};

}  // namespace signet::config
