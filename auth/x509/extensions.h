// The extensions of a certificate that we understand (RFC 5280, 4.2). Pure.
#pragma once

#include "auth/x509/certificate.h"

namespace signet::auth::x509 {

// Reads those of `extensions` that we know into `certificate`, and notes whether another one is
// critical. False, and `rule` says why, if a known one is malformed.
bool ApplyExtensions(const std::vector<Extension>& extensions, Certificate* certificate,
                     Rule* rule);

}  // namespace signet::auth::x509
