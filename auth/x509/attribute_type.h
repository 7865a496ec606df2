// The types that attributes of a distinguished name have, by name and by OBJECT IDENTIFIER. Pure.
#pragma once

#include <string>
#include <string_view>

namespace signet::auth::x509 {

inline constexpr std::string_view kCommonNameType = "2.5.4.3";
inline constexpr std::string_view kEmailAddressType = "1.2.840.113549.1.9.1";

// "2.5.4.3" for `CN`, `commonName`, `OID.2.5.4.3` and `2.5.4.3`, in any case; empty for what is
// none of that.
std::string TypeFromName(std::string_view name);

// `CN` for "2.5.4.3"; empty if we have no name for it.
std::string_view NameOfType(std::string_view dotted);

}  // namespace signet::auth::x509
