// Characters of names: comparison without regard to ASCII's case, UTF-8 and what may stand in a
// name. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"

namespace signet::auth::x509 {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(std::string_view a, std::string_view b);

// Well-formed UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F).
bool IsCleanUtf8(std::string_view text);

// Such text out of one of ASN.1's string types. A TeletexString may hold ASCII alone: beyond that
// nobody agrees what its bytes mean. False for anything else.
bool DecodeString(uint8_t tag, ByteView content, std::string* text);

// A serial number as CredentialName::id has it. `serial`: the contents of its INTEGER.
std::string SerialText(ByteView serial);

}  // namespace signet::auth::x509
