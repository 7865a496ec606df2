// Crl: a certificate revocation list (RFC 5280, 5), read once and asked often. Immutable; any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "auth/x509/signature.h"
#include "core/base/bytes.h"

namespace signet::auth::x509 {

inline constexpr size_t kMaxCrlBytes = 16 * 1024 * 1024;

class Crl {
 public:
  // Null if the bytes are no CRL, or too many.
  static std::unique_ptr<const Crl> Read(std::vector<uint8_t> der);

  Crl(const Crl&) = delete;
  Crl& operator=(const Crl&) = delete;

  ByteView issuer_der() const { return issuer_; }
  // Whether it speaks of all certificates of its issuer in words that we know. A list of some of
  // them (Issuing Distribution Point, Delta CRL Indicator), or one with another critical
  // extension, of the whole or of an entry, counts as none.
  bool is_usable() const { return usable_; }
  // Whether the list is of this moment. One that does not say when it ends is never in force.
  bool IsInForce(int64_t now_s) const;
  // When the next one is due, in seconds since 1970.
  std::optional<int64_t> next_update_s() const { return next_update_s_; }
  bool IsSignedBy(const PublicKey& key) const;
  // On hold counts as well.
  bool Revokes(ByteView serial) const;

 private:
  explicit Crl(std::vector<uint8_t> der) : der_(std::move(der)) {}
  bool Parse();
  bool ReadEntries(ByteReader list);

  const std::vector<uint8_t> der_;  // All views are of it.
  SignedData data_;
  std::vector<uint8_t> digest_;  // A list may be long, and its signature is checked every time.
  ByteView issuer_;
  int64_t this_update_s_ = 0;
  std::optional<int64_t> next_update_s_;
  bool usable_ = true;
  std::vector<ByteView> serials_;  // Sorted.
};

}  // namespace signet::auth::x509
