// ConfigFiles: the configuration as it lies on disk.
//
//   a file             manifests
//   a folder           its *.yaml, *.yml and *.json hold manifests; secrets/NAME/KEY and
//                      configmaps/NAME/KEY are values as Kubernetes mounts them: each folder NAME
//                      is a Secret or a ConfigMap, and each file KEY one of its values
//
// Hidden entries and everything else are left alone. Only regular files are read. On the control
// thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/config/configuration.h"

namespace signet {

class ConfigFiles : public config::ConfigReader {
 public:
  // Bounds of one configuration; beyond one of them it is refused.
  static constexpr size_t kMaxManifests = 1000;
  static constexpr size_t kMaxMounted = 10'000;
  static constexpr size_t kMaxBytes = size_t{64} << 20;

  // `where`: the file or the folder, as it was typed.
  explicit ConfigFiles(std::filesystem::path where) : where_(std::move(where)) {}

  // Reads all of it, and what its values refer to, and checks it.
  config::LoadResult Load();

  // The files that values of the last configuration refer to, there or not.
  const std::vector<std::filesystem::path>& referenced() const { return referenced_; }

  // -- ConfigReader
  StatusOr<SecretBytes> ReadFile(std::string_view path, std::string_view manifest) override;
  std::optional<SecretBytes> ReadVariable(std::string_view name) override;

 private:
  void ReadFolder(config::ConfigSources* sources);
  // `shown`: as what people know it.
  void ReadManifest(const std::filesystem::path& file, const std::filesystem::path& shown,
                    config::ConfigSources* sources);
  void ReadMounted(const std::filesystem::path& folder, config::MountedKind kind,
                   config::ConfigSources* sources);
  void ReadObject(const std::filesystem::path& folder, config::MountedKind kind,
                  config::ConfigSources* sources);
  // Whether a folder that is there can be listed; otherwise it would pass for an empty one.
  bool CheckListing(const std::filesystem::path& folder);
  void Complain(const std::filesystem::path& file, std::string_view sentence);

  std::filesystem::path where_;
  config::Problems problems_;
  size_t bytes_ = 0;  // Read so far.
  std::vector<std::filesystem::path> referenced_;
};

// The entries of a folder that are not hidden, in the order of their names; empty if there is none
// or it cannot be read.
std::vector<std::filesystem::path> VisibleEntries(const std::filesystem::path& folder);
// Whether a file in a configuration folder holds manifests, by its name.
bool IsManifestName(const std::filesystem::path& file);

// The subfolders of mounted values.
inline constexpr std::string_view kSecretsFolder = "secrets";
inline constexpr std::string_view kConfigMapsFolder = "configmaps";

}  // namespace signet
