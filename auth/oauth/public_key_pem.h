// A public key in PEM, as ConfigMaps hold those that sign tokens. Pure.
#pragma once

#include <string_view>

#include "auth/jwt/signature.h"

namespace signet::auth {

// Of a PUBLIC KEY (RFC 7468, 13), or of a CERTIFICATE, of which nothing but its key is looked at:
// who configures a key vouches for it. One block, and no more: which of two keys a kid means nobody
// would know.
VerificationKey::OrFlaw ReadPublicKeyPem(std::string_view pem);

}  // namespace signet::auth
