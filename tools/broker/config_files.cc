#include "tools/broker/config_files.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include "auth/policy/warnings.h"
#include "core/config/yaml_tree.h"
#include "fmt/format.h"
#include "tools/broker/whole_file.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

// Kubernetes keeps the values of one moment in a folder, and `..data` points to the newest: through
// it all values of an object are of one moment.
fs::path FolderOfOneMoment(const fs::path& folder) {
  std::error_code error;
  const fs::path data = fs::canonical(folder / "..data", error);
  return error ? folder : data;
}

// core/config finds what is wrong with a policy; what is right and hardly meant, those who compile
// policies know.
void AddWarningsOfPolicies(config::LoadResult* loaded) {
  config::Problems problems;
  const auto add = [&problems](std::vector<config::Problem> all) {
    for (config::Problem& one : all) {
      problems.Add(one.severity, std::move(one.origin), std::move(one.sentence));
    }
  };
  add(std::exchange(loaded->problems, {}));
  for (const auto& [name, authorization] : loaded->configuration->authorizations) {
    add(auth::WarningsOf(authorization));
  }
  loaded->problems = problems.Take();
}

}  // namespace

std::vector<fs::path> VisibleEntries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

bool IsManifestName(const fs::path& file) {
  const fs::path extension = file.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

config::LoadResult ConfigFiles::Load() {
  problems_ = {};
  referenced_.clear();
  bytes_ = 0;
  config::ConfigSources sources;
  std::error_code error;
  if (fs::is_directory(where_, error)) {
    ReadFolder(&sources);
  } else {
    ReadManifest(where_, where_, &sources);
  }
  // What is not read may be what others refer to: what is then said of them would mislead.
  if (problems_.has_errors()) return {.configuration = {}, .problems = problems_.Take()};
  config::LoadResult loaded = config::LoadConfiguration(sources, this);
  if (loaded.configuration) AddWarningsOfPolicies(&loaded);
  return loaded;
}

void ConfigFiles::Complain(const fs::path& file, std::string_view sentence) {
  problems_.Error({.file = file.string()}, std::string(sentence));
}

bool ConfigFiles::CheckListing(const fs::path& folder) {
  if (access(folder.c_str(), R_OK | X_OK) == 0) return true;
  Complain(folder, Unreadable().sentence());
  return false;
}

void ConfigFiles::ReadFolder(config::ConfigSources* sources) {
  std::error_code error;
  if (!CheckListing(where_)) return;
  const fs::path now = FolderOfOneMoment(where_);
  std::map<fs::path, fs::path> files;  // By name.
  for (const fs::path& file : VisibleEntries(now)) files.emplace(file.filename(), file);
  for (const fs::path& file : VisibleEntries(where_)) {
    // A link to what is no longer there waits to be removed.
    if (now == where_ || fs::exists(file, error)) files.emplace(file.filename(), file);
  }
  for (const auto& [name, file] : files) {
    if (!IsManifestName(file) || fs::is_directory(file, error)) continue;
    ReadManifest(file, where_ / name, sources);
  }
  ReadMounted(where_ / kSecretsFolder, config::MountedKind::kSecret, sources);
  ReadMounted(where_ / kConfigMapsFolder, config::MountedKind::kConfigMap, sources);
}

void ConfigFiles::ReadManifest(const fs::path& file, const fs::path& shown,
                               config::ConfigSources* sources) {
  if (sources->manifests.size() == kMaxManifests || bytes_ > kMaxBytes) {
    return Complain(shown, fmt::format("more than {} files or {} bytes of manifests are not read",
                                       kMaxManifests, kMaxBytes));
  }
  StatusOr<SecretBytes> text = ReadWhole(file, config::kMaxYamlBytes);
  if (!text.ok()) return Complain(shown, text.error().sentence());
  bytes_ += text->size();
  sources->manifests.push_back({.name = shown.string(), .text = std::move(*text)});
}

void ConfigFiles::ReadMounted(const fs::path& folder, config::MountedKind kind,
                              config::ConfigSources* sources) {
  std::error_code error;
  if (!fs::exists(folder, error) || !CheckListing(folder)) return;
  for (const fs::path& object : VisibleEntries(folder)) {
    if (fs::is_directory(object, error)) ReadObject(object, kind, sources);
  }
}

void ConfigFiles::ReadObject(const fs::path& folder, config::MountedKind kind,
                             config::ConfigSources* sources) {
  std::error_code error;
  if (!CheckListing(folder)) return;
  for (const fs::path& file : VisibleEntries(FolderOfOneMoment(folder))) {
    const fs::path shown = folder / file.filename();
    if (fs::is_directory(file, error)) continue;
    if (sources->mounted.size() == kMaxMounted || bytes_ > kMaxBytes) {
      return Complain(shown, fmt::format("more than {} values or {} bytes are not read",
                                         kMaxMounted, kMaxBytes));
    }
    StatusOr<SecretBytes> value = ReadWhole(file, config::kMaxValueBytes);
    if (!value.ok()) {
      Complain(shown, value.error().sentence());
      continue;
    }
    bytes_ += value->size();
    sources->mounted.push_back({.kind = kind,
                                .object = folder.filename(),
                                .key = file.filename(),
                                .file = shown.string(),
                                .bytes = std::move(*value)});
  }
}

StatusOr<SecretBytes> ConfigFiles::ReadFile(std::string_view path, std::string_view manifest) {
  const fs::path file = fs::path(manifest).parent_path() / path;  // If absolute, path alone.
  referenced_.push_back(file);
  StatusOr<SecretBytes> bytes = ReadWhole(file, config::kMaxValueBytes);
  if (bytes.ok()) bytes_ += bytes->size();
  if (bytes_ > kMaxBytes) return Status::Error("is too much: files together have a bound as well");
  return bytes;
}

std::optional<SecretBytes> ConfigFiles::ReadVariable(std::string_view name) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const size_t equals = variable.find('=');
    if (equals != variable.npos && variable.substr(0, equals) == name) {
      return SecretBytes(variable.substr(equals + 1));
    }
  }
  return std::nullopt;
}

}  // namespace signet
