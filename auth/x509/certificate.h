// Certificate: what a certificate says (RFC 5280), read strictly, and judged nowhere here. It
// borrows: the DER must outlive it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "auth/x509/distinguished_name.h"
#include "auth/x509/name_constraints.h"
#include "auth/x509/rule.h"
#include "auth/x509/signature.h"
#include "core/base/expected.h"

namespace signet::auth::x509 {

struct BasicConstraints {
  bool is_ca = false;
  std::optional<uint32_t> path_length;
};

struct ExtendedKeyUsage {
  bool has_client_auth = false;
  bool has_any = false;
};

// Bits of KeyUsage (4.2.1.3), the first one is the highest.
inline constexpr uint8_t kDigitalSignature = 0x80;
inline constexpr uint8_t kKeyCertSign = 0x04;
inline constexpr uint8_t kCrlSign = 0x02;

struct Certificate {
  // Or kMalformed, or kName.
  static Expected<Certificate, Rule> Read(ByteView der);

  ByteView der;
  SignedData data;
  uint32_t version = 0;  // 2 is X.509 version 3.
  ByteView serial;
  ByteView issuer_der;  // Issuer and issued have equal bytes: other equal names are none to us.
  ByteView subject_der;
  DistinguishedName subject;
  int64_t not_before_s = 0;  // Seconds since 1970; from then on, and until then.
  int64_t not_after_s = 0;
  ByteView key_der;
  PublicKey key;
  // Extensions that we know. Of the others only whether one of them is critical.
  std::optional<BasicConstraints> basic_constraints;
  std::optional<uint8_t> key_usage;
  std::optional<ExtendedKeyUsage> extended_key_usage;
  std::vector<GeneralName> alt_names;
  std::optional<NameConstraints> name_constraints;
  bool has_unknown_critical = false;

  bool is_ca() const { return basic_constraints && basic_constraints->is_ca; }
  bool is_self_issued() const { return AsText(issuer_der) == AsText(subject_der); }
};

// Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }.
struct Extension {
  std::string object_id;
  bool critical = false;
  ByteView value;
};
// All of Extensions (4.1.2.9, 5.1.2.7): SEQUENCE OF Extension. False also if one is there twice.
bool ReadExtensions(ByteReader* reader, std::vector<Extension>* extensions);

}  // namespace signet::auth::x509
