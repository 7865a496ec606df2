// Loads configurations in tests: from texts, with files and variables that exist only here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/configuration.h"

namespace signet::config {

class FakeReader : public ConfigReader {
 public:
  StatusOr<SecretBytes> ReadFile(std::string_view path, std::string_view manifest) override;
  std::optional<SecretBytes> ReadVariable(std::string_view name) override;

  std::map<std::string, std::string, std::less<>> files;
  std::map<std::string, std::string, std::less<>> variables;
};

// One file of manifests, called a.yaml.
LoadResult Load(std::string_view text);
LoadResult Load(std::string_view text, FakeReader* reader);

// All problems, a line each, without a line feed at the end.
std::string ProblemsOf(const LoadResult& result);

// A ConfigMap with one CA certificate, and a Secret with a certificate and its key.
std::string CaConfigMap(std::string_view name);
std::string TlsSecret(std::string_view name);

// A BrokerListener `plant` with this after `ports: [` and before `]`.
std::string Listener(std::string_view ports);

inline constexpr std::string_view kGroup = "mqttbroker.iotoperations.azure.com/v1";

}  // namespace signet::config
