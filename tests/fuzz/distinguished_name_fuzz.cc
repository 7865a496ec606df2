// A distinguished name. The first byte says what the rest is: text, as in a configuration, or a
// Name in DER, as in a certificate.
//
// Whatever is accepted means the same when it is written down and read again: as text of RFC 4514,
// which has the RDNs the other way round, and as DER.
#include <algorithm>

#include "auth/x509/distinguished_name.h"
#include "core/base/check.h"
#include "tests/auth/x509/encode.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::distinguished_name_fuzz {
namespace {

using auth::DistinguishedName;

std::vector<DistinguishedName::Rdn> Reversed(const DistinguishedName& name) {
  return {name.rdns().rbegin(), name.rdns().rend()};
}

void WriteAndRead(const DistinguishedName& name) {
  forge::Der rdns;
  for (const DistinguishedName::Rdn& rdn : name.rdns()) {
    CHECK(!rdn.empty() && std::ranges::is_sorted(rdn));
    forge::Der set;
    for (const DistinguishedName::Attribute& attribute : rdn) {
      forge::Append(forge::Attribute(attribute.type, 0x0c, attribute.value), &set);
    }
    forge::Append(forge::Element(0x31, set), &rdns);
  }
  const forge::Der der = forge::Element(0x30, rdns);
  DistinguishedName again;
  // Other string types, and text, may say it in fewer bytes.
  if (DistinguishedName::FromDer(der, &again)) {
    CHECK(again == name);
  } else {
    CHECK(der.size() > auth::kMaxNameBytes);
  }
  const std::string text = name.ToText();
  const StatusOr<DistinguishedName> parsed = DistinguishedName::Parse(text);
  if (parsed.ok()) {
    CHECK(Reversed(*parsed) == name.rdns());
    CHECK(parsed->IsWithin(*parsed));
  } else {
    CHECK(name.empty() || text.size() > auth::kMaxNameBytes);
  }
}

void Play(Input input) {
  const bool is_text = (input.Byte() & 1) != 0;
  const ByteView rest = input.Rest();
  if (is_text) {
    const StatusOr<DistinguishedName> name = DistinguishedName::Parse(AsText(rest));
    if (name.ok()) WriteAndRead(*name);
    return;
  }
  DistinguishedName name;
  if (DistinguishedName::FromDer(rest, &name)) WriteAndRead(name);
}

}  // namespace

FUZZ_TARGET(distinguished_name) {
  Play({data, size});
  return 0;
}

}  // namespace signet::fuzz::distinguished_name_fuzz
