// Keys that sign certificates in tests. Each is made when it is first asked for, and kept.
#pragma once

#include <memory>

#include "tests/auth/x509/encode.h"

namespace signet::forge {

enum class KeyKind : uint8_t { kP256, kP384, kP521, kRsa2048, kRsa3072, kEd25519 };
enum class Hash : uint8_t { kSha1, kSha256, kSha384, kSha512 };

class TestKey {
 public:
  virtual ~TestKey() = default;
  // SubjectPublicKeyInfo.
  virtual Der Info() const = 0;
  // AlgorithmIdentifier of its signatures with this hash; Ed25519 has but one.
  virtual Der Algorithm(Hash hash) const = 0;
  virtual Der Sign(Hash hash, ByteView message) const = 0;
};

// There are as many of each kind as are asked for.
const TestKey& KeyOf(KeyKind kind, int number = 0);

// Infos of keys that nobody has.
Der RsaInfo(ByteView modulus, ByteView exponent);
Der RsaInfo(size_t bits);
Der EcInfo(std::string_view curve, size_t field_bytes);

}  // namespace signet::forge
