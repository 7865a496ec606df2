// PEM (RFC 7468), as ConfigMaps hold certificates and CRLs in it. Text between blocks is ignored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace signet::auth::x509 {

// The DER of all blocks with one of these labels, in order; none is no error. The sentence is
// ParsePem()'s.
StatusOr<std::vector<std::vector<uint8_t>>> ReadPem(std::string_view text,
                                                    const std::vector<std::string_view>& labels);

}  // namespace signet::auth::x509
