// Names of subjects beside the distinguished one, and what a CA may give (RFC 5280, 4.2.1.6,
// 4.2.1.10, 7). Pure; borrows from the certificate.
#pragma once

#include <cstdint>
#include <vector>

#include "auth/x509/distinguished_name.h"
#include "core/base/bytes.h"

namespace signet::auth::x509 {

struct Certificate;

// A certificate with more, in one of its extensions, is malformed.
inline constexpr size_t kMaxGeneralNames = 128;

struct GeneralName {
  uint8_t tag = 0;  // Of its form; constructed or not.
  ByteView content;
  DistinguishedName directory;  // Of the form directoryName alone.
};

inline constexpr uint8_t kIpAddressTag = 0x87;  // [7], primitive.

// Any form. False if it is malformed, or is text and not clean: NUL, control characters, not ASCII.
bool ReadGeneralName(ByteReader* reader, GeneralName* name);

struct NameConstraints {
  std::vector<GeneralName> permitted;
  std::vector<GeneralName> excluded;
};

bool ReadNameConstraints(ByteReader value, NameConstraints* constraints);

// Whether all names of a certificate are allowed: the subject, the subject's e-mail addresses, the
// Subject Alternative Names, and if it is a leaf its common name, where that looks like a host's:
// the common name is who the client is, so that a constraint on hosts must hold for it, alternative
// names or not.
//
// Understood are the forms directoryName, dNSName, iPAddress and rfc822Name. Names of another form,
// and e-mail addresses without @, are not allowed as soon as there is any constraint on their form.
bool Allows(const NameConstraints& constraints, const Certificate& certificate, bool is_leaf);

}  // namespace signet::auth::x509
