// DER by hand, for tests: right and wrong. Nothing here is shared with what is tested.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"

namespace signet::forge {

using Der = std::vector<uint8_t>;

Der Element(uint8_t tag, ByteView content);
Der Element(uint8_t tag, std::initializer_list<Der> parts);
Der Text(uint8_t tag, std::string_view text);
Der ObjectId(std::string_view dotted);
// A whole number that is not negative.
Der Integer(uint64_t value);
Der Boolean(bool value);
Der BitString(ByteView bytes, uint8_t unused_bits = 0);
Der OctetString(ByteView bytes);
// Seconds since 1970, as RFC 5280 wants it: UTCTime up to 2049.
Der Time(int64_t seconds);
Der Sequence(std::initializer_list<Der> parts);
void Append(const Der& part, Der* whole);

// One attribute: the type by its OBJECT IDENTIFIER, the value with its string type's tag.
Der Attribute(std::string_view type, uint8_t tag, std::string_view value);
// A Name of these RDNs.
Der NameOf(std::initializer_list<std::initializer_list<Der>> rdns);
// Of one attribute each; `CN`, `O`, `OU` and `C`, values as UTF8String.
Der Name(std::initializer_list<std::pair<std::string_view, std::string_view>> attributes);

// General names.
Der Dns(std::string_view name);
Der Email(std::string_view address);
Der Uri(std::string_view uri);
Der Ip(std::initializer_list<uint8_t> bytes);
Der Directory(const Der& name);
Der OtherName();

std::string Pem(std::string_view label, ByteView der);

}  // namespace signet::forge
