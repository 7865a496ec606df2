// PrivateKey: a key that we make or read, as wolfCrypt wants it. Internal to net/tls: this header
// shows wolfSSL. Used on one thread at a time.
#pragma once

#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include <memory>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"
#include "net/tls/key_algorithm.h"

namespace signet {

class PrivateKey {
 public:
  static StatusOr<std::unique_ptr<PrivateKey>> Make(KeyAlgorithm algorithm);
  // PEM without a password: PKCS #8, or the older form of its algorithm. The sentence goes on after
  // a name.
  static StatusOr<std::unique_ptr<PrivateKey>> Parse(const SecretBytes& pem);

  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  ~PrivateKey();

  KeyAlgorithm algorithm() const { return algorithm_; }
  // PKCS #8 in PEM.
  StatusOr<SecretBytes> ToPem();

  // SubjectPublicKeyInfo (RFC 5280, 4.1): DER. Empty if there is no memory.
  std::vector<uint8_t> PublicKeyInfo();

  // As wc_SignCert_ex and its like take it: the type of the key, the key, and what it signs with.
  int cert_key_type() const;
  int signature_type() const;
  void* raw();
  WC_RNG* random() { return &random_; }

 private:
  enum class Kind : uint8_t { kEcc, kEd25519, kRsa };

  PrivateKey();
  bool Generate(KeyAlgorithm algorithm);
  bool Decode(ByteView der);
  bool DecodeEcc(ByteView der);
  bool DecodeEd25519(ByteView der);
  bool DecodeRsa(ByteView der);
  int ToDer(MutableBytes der);

  Kind kind_ = Kind::kEcc;
  KeyAlgorithm algorithm_ = KeyAlgorithm::kEc256;
  WC_RNG random_;
  ecc_key ecc_;
  ed25519_key ed25519_;
  RsaKey rsa_;
};

}  // namespace signet
