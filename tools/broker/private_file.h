// Files of the state folder: written whole or not at all, and read only if nobody else could have
// read them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet {

// Replaces the file by one with this content and mode: written beside it, synced, renamed.
Status ReplaceFile(const std::filesystem::path& path, std::string_view content, mode_t mode);

// The content; empty if there is no such file.
StatusOr<std::string> ReadStateFile(const std::filesystem::path& path);

// As above, of a file with a secret: an error if others than its owner may read or change it.
StatusOr<SecretBytes> ReadSecretFile(const std::filesystem::path& path);

}  // namespace signet
