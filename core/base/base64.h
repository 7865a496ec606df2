// base64 with padding (RFC 4648, 4), as manifests and PEM hold bytes in it.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet {

// Line ends are skipped, as Kubernetes does. The error goes on after a name: `is not base64`.
StatusOr<SecretBytes> DecodeBase64(std::string_view text);

// With padding, and on one line. What is written into is the caller's, as it may hold a secret: who
// reserves Base64Size() leaves no copies behind.
void AppendBase64(ByteView bytes, std::string* text);
constexpr size_t Base64Size(size_t bytes) { return (bytes + 2) / 3 * 4; }

}  // namespace signet
