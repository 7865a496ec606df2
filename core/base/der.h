// DER (X.690, 10 and 11): certificates, and what is made of them. Read strictly: lengths and
// numbers in the fewest bytes, nothing of indefinite length. What two readers could understand
// differently is not understood at all. Every function gives false, and leaves the reader anywhere,
// when what comes next is something else.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace signet::der {

inline constexpr uint8_t kBoolean = 0x01;
inline constexpr uint8_t kInteger = 0x02;
inline constexpr uint8_t kBitString = 0x03;
inline constexpr uint8_t kOctetString = 0x04;
inline constexpr uint8_t kNull = 0x05;
inline constexpr uint8_t kObjectId = 0x06;
inline constexpr uint8_t kEnumerated = 0x0a;
inline constexpr uint8_t kUtf8String = 0x0c;
inline constexpr uint8_t kNumericString = 0x12;
inline constexpr uint8_t kPrintableString = 0x13;
inline constexpr uint8_t kTeletexString = 0x14;
inline constexpr uint8_t kIa5String = 0x16;
inline constexpr uint8_t kUtcTime = 0x17;
inline constexpr uint8_t kGeneralizedTime = 0x18;
inline constexpr uint8_t kVisibleString = 0x1a;
inline constexpr uint8_t kUniversalString = 0x1c;
inline constexpr uint8_t kBmpString = 0x1e;
inline constexpr uint8_t kSequence = 0x30;
inline constexpr uint8_t kSet = 0x31;
// [0], [1] ...: of a context's own, primitive or made of others.
constexpr uint8_t Primitive(uint8_t number) { return static_cast<uint8_t>(0x80 | number); }
constexpr uint8_t Constructed(uint8_t number) { return static_cast<uint8_t>(0xa0 | number); }

struct Element {
  uint8_t tag = 0;
  ByteView content;
  ByteView whole;  // Tag and length included.
};

bool Read(ByteReader* reader, Element* element);
bool ReadTagged(ByteReader* reader, uint8_t tag, Element* element);
// What an element with this tag contains.
bool Enter(ByteReader* reader, uint8_t tag, ByteReader* inner);
// Whether an element with this tag comes next: for what is OPTIONAL.
bool NextIs(const ByteReader& reader, uint8_t tag);

// An OBJECT IDENTIFIER as it is encoded.
bool ReadObjectId(ByteReader* reader, ByteView* object_id);
// An INTEGER as it is encoded, sign included.
bool ReadInteger(ByteReader* reader, ByteView* digits);
// One from 0 to 2^31 - 1.
bool ReadSmall(ByteReader* reader, uint32_t* value);
bool ReadBoolean(ByteReader* reader, bool* value);
// A BIT STRING; `unused_bits` at its end are 0.
bool ReadBits(ByteReader* reader, ByteView* bytes, int* unused_bits);
// UTCTime or GeneralizedTime as RFC 5280 (4.1.2.5) allows them, in seconds since 1970.
bool ReadTime(ByteReader* reader, int64_t* seconds);

// Longer ones, and arcs of more than 64 bits, are none to us.
inline constexpr size_t kMaxObjectIdBytes = 64;
// "2.5.4.3"; empty if the bytes are no OBJECT IDENTIFIER.
std::string DottedText(ByteView object_id);

// An element with this tag, of at most 64 KiB, whose content is these parts.
std::vector<uint8_t> Make(uint8_t tag, std::initializer_list<ByteView> parts);

}  // namespace signet::der
