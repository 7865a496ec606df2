// From what a client showed to a CA that is trusted: the path, and whether it holds (RFC 5280, 6).
// Pure: no verdict depends on an earlier one.
//
// A path begins with the leaf, goes on over what was shown, in any order, and over CAs of the
// bundle, and ends at a CA of the bundle, be it a root or an intermediate. If there are several
// that hold, the one that climbs furthest counts, and of those the one that holds longest: so an
// entry for a root is found although its intermediate is trusted too. A CA of the bundle that
// another CA of the bundle has issued is an end only if no CRL of that one speaks against it. That
// it is revoked counts even where that one cannot stand above it in a path: it has expired, or its
// key is of another family.
//
// Policy, where RFC 5280 leaves a choice:
//   - The leaf has to say clientAuth in its extended key usage. Neither none at all nor
//     anyExtendedKeyUsage will do: such certificates were not made for this. (`step` and every CA
//     product that has profiles write it.) If it has a key usage, that has to have
//     digitalSignature, since this is what it does in a handshake.
//   - The leaf is no CA, though the bundle hold it: a CA's key signs certificates and is used for
//     nothing else. Nothing but a CA can stand in the bundle. So nobody is let in by being listed.
//   - A CA above it that has an extended key usage has to have clientAuth or anyExtendedKeyUsage.
//   - All keys of a path, the CA's in the bundle included, are of one family.
//   - Everything has to be in force now, the CA in the bundle too. The path ends with the first of
//     them that ends.
//   - If there is any CRL, each issuer in the path needs one: signed by itself, complete, in force.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "auth/x509/distinguished_name.h"
#include "auth/x509/rule.h"
#include "auth/x509/trust.h"
#include "core/access/credentials.h"
#include "core/base/expected.h"

namespace signet::auth::x509 {

inline constexpr size_t kMaxChainCertificates = 10;  // Shown, and in a path.
inline constexpr size_t kMaxChainBytes = 64 * 1024;  // Shown.
// Of one verification, with those of CRLs. An honest chain takes one for each issuer and its CRL;
// a client could show many CAs of one name, to keep us busy.
inline constexpr size_t kMaxSignatureChecks = 40;

struct VerifiedChain {
  std::string common_name;                  // Of the leaf.
  std::vector<DistinguishedName> subjects;  // Leaf first, then who issued it, the trusted CA last.
  int64_t ends_at_s = 0;                    // Seconds since 1970.
  std::vector<uint8_t> serial;              // Of the leaf.
  int64_t leaf_ends_at_s = 0;  // Of the leaf alone; by another path it may hold until then.
};

Expected<VerifiedChain, Rule> VerifyChain(const CertificateChain& chain, const Trust& trust,
                                          int64_t now_s);

}  // namespace signet::auth::x509
