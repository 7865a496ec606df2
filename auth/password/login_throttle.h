// LoginThrottle: who has guessed wrong too often is not heard for a while. Its clients are told
// CONNACK 0x97, Quota exceeded (3.1.1: 0x03), by which they do not know whether the password was
// right; nothing is hashed for them. Who is still heard from a place that is blocked as a whole has
// come in from there before, and by that its guessers know that there is such a user.
//
// Counted is by *place*: an IPv4 address, the first 64 bits of an IPv6 address, as one host has all
// that follow, or the machine itself for UNIX sockets. Two counts, each within a window that begins
// with its first failure:
//
//   of a user at a place   `failures` wrong passwords, and this user is not heard from this place
//                          for a while. From any other place he is: who knows a name cannot keep
//                          its owner out. A right password takes the count back.
//   of a place             ten times as many, of whatever users, existing or not, and only those
//                          are heard from there who have come in from there before: one who guesses
//                          names behind a NAT keeps none of its users out that it had. The others
//                          have their turn each time the block ends; as nothing is judged
//                          meanwhile, it does not go on by itself. Not taken back by a right
//                          password, or one account would pay for guesses at all others. Not
//                          counted for UNIX sockets, where every client is at the same place.
//
// Passwords that are being judged count as wrong until that is known, so that many at once are not
// more guesses than one after the other; of a place there are at most kMaxUnderWay, so that one
// leaves the worker to others. Beyond that the answer is "not now" (CONNACK 0x88).
//
// What this does not stop is a guess from each of very many addresses: they are as fast as the
// worker hashes, which is why hashes are slow. And those who share a name and a place share a
// count. Each method of each port counts for itself, and begins anew with new settings.
//
// Owned by a PasswordMethod, used on the auth shard's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/password/recent_map.h"
#include "core/base/time.h"
#include "core/config/authentication.h"

namespace signet::auth {

// What `peer` (`192.0.2.1:7`, `[2001:db8::1]:7`) counts as. Empty for a UNIX socket, and for what
// is no address.
std::string PlaceOf(std::string_view peer);

class LoginThrottle {
 public:
  // Of each table. At the limit, what was longest left alone is forgotten: that takes wrong
  // passwords, or right ones, for as many users or from as many places.
  static constexpr size_t kMaxEntries = 8192;
  static constexpr uint32_t kFailuresOfPlace = 10;  // For each that a user has.
  static constexpr uint32_t kMaxUnderWay = 4;

  enum class Answer : uint8_t {
    kGoOn,
    kBusy,     // Not now.
    kBlocked,  // Not until the block ends.
  };
  enum class Outcome : uint8_t { kRight, kWrong, kUnknown };

  // What one password counts for, from Begin() to End().
  struct Guess {
    std::string place;
    std::string pair;  // User and place.
  };

  explicit LoginThrottle(const config::LoginThrottle& settings);

  // Changes nothing.
  Answer Ask(const Guess& guess, Instant now) const;
  // It is being judged. Only after kGoOn.
  void Begin(const Guess& guess);
  void End(const Guess& guess, Outcome outcome, Instant now);

  // `user` need not exist. Of an absurdly long one the beginning counts.
  static Guess GuessOf(std::string_view user, std::string_view peer);

 private:
  struct Count {
    uint64_t failures = 0;
    Instant window_until;  // Then they are forgotten.
    Instant blocked_until;
    uint32_t under_way = 0;
  };
  struct Known {};

  static uint64_t FailuresIn(const Count* count, Instant now);
  void Fail(Count& count, uint64_t most, Instant now) const;

  const uint64_t failures_;
  const Duration window_;
  const Duration block_;
  RecentMap<Count> pairs_{kMaxEntries};
  RecentMap<Count> places_{kMaxEntries};
  RecentMap<Known> known_{kMaxEntries};  // Pairs that have come in.
};

}  // namespace signet::auth
