// Whole files of others: manifests, mounted values, tokens.
#pragma once

#include <cstddef>
#include <filesystem>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet {

// The whole of a regular file of at most `most` bytes; waits for nobody. The error says what is
// wrong with it, and does not name it: `does not exist`.
StatusOr<SecretBytes> ReadWhole(const std::filesystem::path& path, size_t most);

// What errno says of a file, in such words.
Status Unreadable();

}  // namespace signet
