// Manifests: the documents of all files, each read and checked by itself. What they have to do with
// each other is settled in configuration.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/authentication.h"
#include "core/config/authorization.h"
#include "core/config/broker.h"
#include "core/config/keyed_values.h"
#include "core/config/listener.h"
#include "core/config/problem.h"
#include "core/config/reader.h"

namespace signet::config {

// The text of a file of manifests. It may hold secrets.
struct ManifestFile {
  std::string name;  // As problems name it.
  SecretBytes text;
};

enum class MountedKind : uint8_t { kSecret, kConfigMap };

// A file in a folder that Kubernetes, or somebody like it, has mounted: the folder is the Secret or
// the ConfigMap, and the file is one of its values.
struct MountedValue {
  MountedKind kind = MountedKind::kSecret;
  std::string object;  // The name of the folder.
  std::string key;     // The name of the file.
  std::string file;    // Its path, as problems name it.
  SecretBytes bytes;
};

struct ConfigSources {
  std::vector<ManifestFile> manifests;
  std::vector<MountedValue> mounted;
};

struct Manifests {
  std::vector<Broker> brokers;
  std::vector<BrokerListener> listeners;
  std::vector<BrokerAuthentication> authentications;
  std::vector<BrokerAuthorization> authorizations;
  std::vector<KeyedValues> secrets;
  std::vector<KeyedValues> config_maps;
};

// Reads what is good, and adds a problem for everything else.
Manifests ReadManifests(const ConfigSources& sources, ConfigReader* reader, Problems* problems);

// A kind of document: its name, API groups with versions, the fields of its `spec` or, where
// has_spec is false, those that stand beside `metadata`.
struct KindInfo {
  std::string_view name;
  std::span<const std::string_view> api_versions;
  const FieldTable* fields;
  bool has_spec;
  std::string_view meaning;
};
std::span<const KindInfo> AllKinds();

}  // namespace signet::config
