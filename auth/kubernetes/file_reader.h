// FileReader: how auth/, which does no I/O, gets at the small files that Kubernetes mounts into a
// pod. They come from memory, so the auth shard waits for nothing.
#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet::auth {

// The whole file, at most 1 MiB. The error says what is wrong with it, and does not name it:
// `does not exist`.
using FileReader = absl::AnyInvocable<StatusOr<SecretBytes>(const std::string& path)>;

}  // namespace signet::auth
