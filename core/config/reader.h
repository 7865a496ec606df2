// What a configuration asks the outside for: the files and environment variables that its values
// refer to. Implemented by whoever reads the manifests; called while they are loaded, on that
// thread.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet::config {

class ConfigReader {
 public:
  virtual ~ConfigReader() = default;
  // The whole file. A relative path is meant from the folder of `manifest`, the file that says so.
  // The error says what is wrong with the file, and does not name it.
  virtual StatusOr<SecretBytes> ReadFile(std::string_view path, std::string_view manifest) = 0;
  // Nothing if there is no such variable.
  virtual std::optional<SecretBytes> ReadVariable(std::string_view name) = 0;
};

// Bound of one file that a value refers to, and of a file of a mounted Secret or ConfigMap.
inline constexpr size_t kMaxValueBytes = 1 << 20;

}  // namespace signet::config
