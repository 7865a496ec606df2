// Certificates and CRLs as they should be, and as they should not: everything in them can be set.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/auth/x509/test_key.h"

namespace signet::forge {

struct ExtensionSpec {
  std::string object_id;
  Der value;
  bool critical = false;
};

struct CertificateSpec {
  uint64_t version = 2;
  Der serial = Integer(0x1001);
  Der subject;
  int64_t not_before_s = 0;
  int64_t not_after_s = 0;
  std::optional<Der> validity;  // In place of the two.
  const TestKey* key = nullptr;
  std::optional<Der> key_info;  // In place of the key's own.
  std::vector<ExtensionSpec> extensions;
  // Of whoever signs.
  Der issuer;
  const TestKey* signer = nullptr;
  Hash hash = Hash::kSha256;
  std::optional<Der> inner_algorithm;  // In place of the signer's.
  std::optional<Der> algorithm;        // Likewise, inside and outside.
  bool breaks_signature = false;
  std::function<void(Der*)> change_signature;

  // Replaces the extension, or adds it.
  void Set(ExtensionSpec extension);
  void Remove(std::string_view object_id);
};
Der Make(const CertificateSpec& spec);

struct CrlSpec {
  Der issuer;
  const TestKey* signer = nullptr;
  Hash hash = Hash::kSha256;
  int64_t this_update_s = 0;
  std::optional<int64_t> next_update_s;
  std::vector<Der> serials;
  std::vector<ExtensionSpec> extensions;
  std::vector<ExtensionSpec> entry_extensions;
  bool breaks_signature = false;
};
Der Make(const CrlSpec& spec);

// Extensions.
ExtensionSpec BasicConstraints(bool is_ca, std::optional<uint64_t> path_length = {});
inline constexpr uint8_t kSigns = 0x80;
inline constexpr uint8_t kEnciphers = 0x20;
inline constexpr uint8_t kSignsCertificates = 0x04;
inline constexpr uint8_t kSignsCrls = 0x02;
ExtensionSpec KeyUsage(uint8_t bits);
inline constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";
inline constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
inline constexpr std::string_view kAnyPurpose = "2.5.29.37.0";
ExtensionSpec ExtendedKeyUsage(std::initializer_list<std::string_view> purposes);
ExtensionSpec AltNames(std::initializer_list<Der> names);
ExtensionSpec NameConstraints(std::initializer_list<Der> permitted,
                              std::initializer_list<Der> excluded);
// One that nobody knows.
ExtensionSpec Unknown(bool critical);

}  // namespace signet::forge
