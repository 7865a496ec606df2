#include "auth/password/login_throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "auth/password/user_file.h"
#include "core/base/ip_address.h"

namespace signet::auth {
namespace {

constexpr IpBytes kV4Prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr size_t kV4PrefixBytes = 12;
constexpr size_t kHostBytesOfV6 = 8;

}  // namespace

std::string PlaceOf(std::string_view peer) {
  const std::optional<IpBytes> bytes = AddressOfPeer(peer);
  if (!bytes) return {};
  const bool is_v4 = std::equal(bytes->begin(), bytes->begin() + kV4PrefixBytes, kV4Prefix.begin());
  return {bytes->begin(), bytes->begin() + (is_v4 ? bytes->size() : kHostBytesOfV6)};
}

LoginThrottle::LoginThrottle(const config::LoginThrottle& settings)
    : failures_(settings.failures),
      window_(seconds(settings.window_s)),
      block_(seconds(settings.block_s)) {}

LoginThrottle::Guess LoginThrottle::GuessOf(std::string_view user, std::string_view peer) {
  Guess guess{.place = PlaceOf(peer), .pair = {}};
  guess.pair = fmt::format("{}:{}{}", guess.place.size(), guess.place,
                           user.substr(0, UserFile::kMaxNameBytes + 1));
  return guess;
}

uint64_t LoginThrottle::FailuresIn(const Count* count, Instant now) {
  return count != nullptr && now < count->window_until ? count->failures : 0;
}

LoginThrottle::Answer LoginThrottle::Ask(const Guess& guess, Instant now) const {
  const Count* pair = pairs_.Look(guess.pair);
  const Count* place = places_.Look(guess.place);
  if (pair != nullptr && now < pair->blocked_until) return Answer::kBlocked;
  if (place != nullptr && now < place->blocked_until && known_.Look(guess.pair) == nullptr) {
    return Answer::kBlocked;
  }
  if (pair != nullptr && FailuresIn(pair, now) + pair->under_way >= failures_) {
    return Answer::kBusy;
  }
  const bool is_full = place != nullptr && place->under_way >= kMaxUnderWay;
  return is_full ? Answer::kBusy : Answer::kGoOn;
}

void LoginThrottle::Begin(const Guess& guess) {
  ++pairs_.Touch(guess.pair).under_way;
  ++places_.Touch(guess.place).under_way;
}

void LoginThrottle::End(const Guess& guess, Outcome outcome, Instant now) {
  Count& pair = pairs_.Touch(guess.pair);
  Count& place = places_.Touch(guess.place);
  // It is 0 if the entry was forgotten meanwhile.
  if (pair.under_way > 0) --pair.under_way;
  if (place.under_way > 0) --place.under_way;
  if (outcome == Outcome::kWrong) {
    Fail(pair, failures_, now);
    if (!guess.place.empty()) Fail(place, failures_ * kFailuresOfPlace, now);
  } else if (outcome == Outcome::kRight) {
    pair.failures = 0;
    known_.Touch(guess.pair);
  }
  if (pair.under_way == 0 && pair.failures == 0 && pair.blocked_until <= now) {
    pairs_.Erase(guess.pair);
  }
}

void LoginThrottle::Fail(Count& count, uint64_t most, Instant now) const {
  if (now >= count.window_until) {
    count.failures = 0;
    count.window_until = now + window_;
  }
  if (++count.failures < most) return;
  count.failures = 0;
  count.blocked_until = now + block_;
}

}  // namespace signet::auth
