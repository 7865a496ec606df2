// DistinguishedName: the subject of a certificate, or what a configuration says a subject must be.
// A value; pure.
//
// Two are equal if they have equal RDNs in the same order. Types are the same by whatever name or
// OBJECT IDENTIFIER they are written; values are the same if their characters are, whatever the
// string type in the certificate. An RDN of several attributes is a set (X.501, 9.3): DER sorts it
// by bytes that nobody sees, so there, and only there, order means nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/status.h"

namespace signet::auth {

// More attributes, or bytes (of text or of DER), make it no name at all.
inline constexpr size_t kMaxNameAttributes = 64;
inline constexpr size_t kMaxNameBytes = 4096;

class DistinguishedName {
 public:
  struct Attribute {
    std::string type;   // An OBJECT IDENTIFIER: "2.5.4.3".
    std::string value;  // UTF-8 without control characters.
    friend auto operator<=>(const Attribute&, const Attribute&) = default;
  };
  // Sorted.
  using Rdn = std::vector<Attribute>;

  DistinguishedName() = default;

  // Text in the order of the certificate, as `openssl x509 -subject` prints it:
  // `CN = pump-7, OU = Line 2, C = DE`. Blanks around `=`, `,` and `+` mean nothing; escapes,
  // `#hex` values and quotes are those of RFC 4514 and RFC 2253. The sentence says what is wrong.
  static StatusOr<DistinguishedName> Parse(std::string_view text);
  // A Name (RFC 5280, 4.1.2.4), SEQUENCE included. False if it is not one, or if any value is not
  // of a string type, not valid in it, or has a control character.
  static bool FromDer(ByteView name, DistinguishedName* parsed);

  // RFC 4514, which begins with the last RDN: `C=DE,OU=Line 2,CN=pump-7`. Types that have no short
  // name are written as `1.2.3=#0C…`. Equal names give equal texts.
  std::string ToText() const;
  // Values of this type, in all RDNs. They borrow.
  std::vector<std::string_view> ValuesOf(std::string_view type) const;
  // Whether it begins with all of `base`. As RFC 5280 (7.1) wants for name constraints, case (of
  // ASCII) and the number of blanks mean nothing here.
  bool IsWithin(const DistinguishedName& base) const;

  bool empty() const { return rdns_.empty(); }
  const std::vector<Rdn>& rdns() const { return rdns_; }
  friend bool operator==(const DistinguishedName&, const DistinguishedName&) = default;

 private:
  std::vector<Rdn> rdns_;
};

}  // namespace signet::auth
