#include "net/tls/ticket_keys.h"

#include <wolfssl/wolfcrypt/aes.h>

#include <cstring>
#include <mutex>

#include "core/base/check.h"
#include "net/tls/random.h"

namespace signet {
namespace {

// AES-GCM with a key of its own for each call: a key is set in some 100 ns, and a handshake costs
// 500 times that.
class Gcm {
 public:
  explicit Gcm(ByteView key) {
    ready_ = wc_AesInit(&aes_, nullptr, INVALID_DEVID) == 0 &&
             wc_AesGcmSetKey(&aes_, key.data(), static_cast<word32>(key.size())) == 0;
  }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;
  ~Gcm() {
    wc_AesFree(&aes_);
    explicit_bzero(&aes_, sizeof aes_);
  }

  bool Encrypt(MutableBytes bytes, TicketKeys::Envelope* envelope) {
    return ready_ && wc_AesGcmEncrypt(&aes_, bytes.data(), bytes.data(), SizeOf(bytes),
                                      envelope->nonce.data(), SizeOf(envelope->nonce),
                                      envelope->tag.data(), SizeOf(envelope->tag),
                                      envelope->key_name.data(), SizeOf(envelope->key_name)) == 0;
  }
  bool Decrypt(MutableBytes bytes, const TicketKeys::Envelope& envelope) {
    return ready_ &&
           wc_AesGcmDecrypt(&aes_, bytes.data(), bytes.data(), SizeOf(bytes), envelope.nonce.data(),
                            SizeOf(envelope.nonce), envelope.tag.data(), SizeOf(envelope.tag),
                            envelope.key_name.data(), SizeOf(envelope.key_name)) == 0;
  }

 private:
  static word32 SizeOf(ByteView bytes) { return static_cast<word32>(bytes.size()); }

  Aes aes_;
  bool ready_ = false;
};

}  // namespace

TicketKeys::TicketKeys(Instant now) : made_at_(now) {
  MakeKey(&current_);
  MakeKey(&previous_);  // Nobody has a ticket of it: simpler than none.
}

TicketKeys::~TicketKeys() {
  explicit_bzero(&current_, sizeof current_);
  explicit_bzero(&previous_, sizeof previous_);
}

void TicketKeys::MakeKey(Key* key) {
  CHECK(FillRandom(key->name));
  CHECK(FillRandom(key->secret));
}

void TicketKeys::RotateIfDue(Instant now) {
  {
    const std::shared_lock lock(mutex_);
    if (now - made_at_ < kRotation) return;
  }
  Key fresh;
  MakeKey(&fresh);
  {
    const std::unique_lock lock(mutex_);
    if (now - made_at_ < kRotation) return;  // Another thread was quicker.
    if (now - made_at_ < 2 * kRotation) {
      previous_ = current_;
    } else {
      MakeKey(&previous_);
    }
    current_ = fresh;
    made_at_ = now;
  }
  explicit_bzero(&fresh, sizeof fresh);
}

bool TicketKeys::Seal(MutableBytes ticket, Envelope* envelope) const {
  Key key;
  {
    const std::shared_lock lock(mutex_);
    key = current_;
  }
  envelope->key_name = key.name;
  const bool sealed = FillRandom(envelope->nonce) && Gcm(key.secret).Encrypt(ticket, envelope);
  explicit_bzero(&key, sizeof key);
  return sealed;
}

TicketKeys::Opened TicketKeys::Open(const Envelope& envelope, MutableBytes ticket) const {
  Key key;
  Opened which = Opened::kCurrent;
  {
    const std::shared_lock lock(mutex_);
    if (envelope.key_name == current_.name) {
      key = current_;
    } else if (envelope.key_name == previous_.name) {
      key = previous_;
      which = Opened::kPrevious;
    } else {
      return Opened::kNo;
    }
  }
  const bool good = Gcm(key.secret).Decrypt(ticket, envelope);
  explicit_bzero(&key, sizeof key);
  return good ? which : Opened::kNo;
}

}  // namespace signet
