// base64 with padding (RFC 4648, 4), as manifests and PEM hold bytes in it.
#pragma once

#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet {

// Line ends are skipped, as Kubernetes does. The error goes on after a name: `is not base64`.
StatusOr<SecretBytes> DecodeBase64(std::string_view text);

}  // namespace signet
