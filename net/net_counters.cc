#include "net/net_counters.h"

#include <array>

namespace signet {
namespace {

constexpr auto kCounters = std::to_array<NetCounterInfo>({
    {"turns", &NetCounters::turns},
    {"system_calls", &NetCounters::system_calls},
    {"bytes_received", &NetCounters::bytes_received},
    {"bytes_sent", &NetCounters::bytes_sent},
    {"receives", &NetCounters::receives},
    {"sends", &NetCounters::sends},
    {"accepts_refused", &NetCounters::accepts_refused},
    {"accepts_failed", &NetCounters::accepts_failed},
    {"resets", &NetCounters::resets},
    {"send_stalls", &NetCounters::send_stalls},
    {"receives_starved", &NetCounters::receives_starved},
    {"handshakes", &NetCounters::handshakes},
    {"handshakes_failed", &NetCounters::handshakes_failed},
    {"hand_overs", &NetCounters::hand_overs},
    {"doorbells", &NetCounters::doorbells},
    {"completion_overflows", &NetCounters::completion_overflows},
    {"completions_lost", &NetCounters::completions_lost},
});
static_assert(sizeof(NetCounters) == kCounters.size() * sizeof(uint64_t),
              "a counter is missing here");

}  // namespace

std::span<const NetCounterInfo> AllNetCounters() { return kCounters; }

NetCounters& NetCounters::operator+=(const NetCounters& other) {
  for (const NetCounterInfo& counter : kCounters) this->*counter.value += other.*counter.value;
  return *this;
}

}  // namespace signet
