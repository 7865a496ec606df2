// TicketKeys: what session tickets are sealed with. One object serves all shards and, over a
// reload, the old TlsContext and the new, so that a client resumes wherever it arrives. A key seals
// for kRotation and opens for as long again; then it is wiped, and with it goes what could decrypt
// a recorded resumption.
//
// Thread-safe. A handshake takes a shared lock for the copying of a key; nothing on the path of a
// message does.
#pragma once

#include <array>
#include <cstdint>
#include <shared_mutex>
#include <span>

#include "core/base/bytes.h"
#include "core/base/time.h"

namespace signet {

class TicketKeys {
 public:
  static constexpr Duration kRotation = std::chrono::hours(12);
  static constexpr size_t kNameSize = 16;
  static constexpr size_t kNonceSize = 12;
  static constexpr size_t kTagSize = 16;

  // What a ticket carries in the clear.
  struct Envelope {
    std::array<uint8_t, kNameSize> key_name;
    std::array<uint8_t, kNonceSize> nonce;
    std::array<uint8_t, kTagSize> tag;
  };
  enum class Opened : uint8_t {
    kNo,  // Of a key that is gone, or not of ours, or altered: a full handshake follows.
    kCurrent,
    kPrevious,  // Good, and the client should get a new one.
  };

  explicit TicketKeys(Instant now);
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys();

  // Makes a new key once the current one has served its time. To be called now and then, by
  // whoever has a clock; after two rotations' time without a call the old keys still go.
  void RotateIfDue(Instant now);

  // Encrypts `ticket` in place with AES-256-GCM. False when there is no randomness.
  bool Seal(MutableBytes ticket, Envelope* envelope) const;

  // Decrypts `ticket` in place.
  Opened Open(const Envelope& envelope, MutableBytes ticket) const;

 private:
  struct Key {
    std::array<uint8_t, kNameSize> name;
    std::array<uint8_t, 32> secret;
  };

  static void MakeKey(Key* key);

  mutable std::shared_mutex mutex_;
  Key current_;
  Key previous_;
  Instant made_at_;
};

}  // namespace signet
