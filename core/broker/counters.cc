#include "core/broker/counters.h"

#include <array>

namespace signet {
namespace {

constexpr auto kTable = std::to_array<CounterInfo>({
    {"connections_accepted", &Counters::connections_accepted},
    {"connections_closed", &Counters::connections_closed},
    {"connects_refused", &Counters::connects_refused},
    {"grants_ended", &Counters::grants_ended},
    {"sessions_taken_over", &Counters::sessions_taken_over},
    {"sessions_resumed", &Counters::sessions_resumed},
    {"sessions_expired", &Counters::sessions_expired},
    {"packets_received", &Counters::packets_received},
    {"packets_malformed", &Counters::packets_malformed},
    {"messages_received", &Counters::messages_received},
    {"messages_delivered", &Counters::messages_delivered},
    {"messages_forwarded", &Counters::messages_forwarded},
    {"messages_queued", &Counters::messages_queued},
    {"dropped_slow", &Counters::dropped_slow},
    {"dropped_queue_full", &Counters::dropped_queue_full},
    {"dropped_too_large", &Counters::dropped_too_large},
    {"dropped_no_member", &Counters::dropped_no_member},
    {"wills_published", &Counters::wills_published},
    {"input_paused", &Counters::input_paused},
    {"publishers_held", &Counters::publishers_held},
    {"clients_too_slow", &Counters::clients_too_slow},
    {"denied_connect", &Counters::denied_connect},
    {"denied_publish", &Counters::denied_publish},
    {"denied_subscribe", &Counters::denied_subscribe},
    {"wills_withheld", &Counters::wills_withheld},
    {"retained_withheld", &Counters::retained_withheld},
    {"revoked_clients", &Counters::revoked_clients},
    {"revoked_subscriptions", &Counters::revoked_subscriptions},
    {"revoked_messages", &Counters::revoked_messages},
    {"kicked", &Counters::kicked},
});
static_assert(sizeof(Counters) == kTable.size() * sizeof(uint64_t), "a counter is missing here");

}  // namespace

std::span<const CounterInfo> AllCounters() { return kTable; }

Counters& Counters::operator+=(const Counters& other) {
  for (const CounterInfo& counter : kTable) this->*counter.value += other.*counter.value;
  return *this;
}

}  // namespace signet
