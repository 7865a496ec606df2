#include "core/base/limits.h"

#include <array>

#include "core/base/log.h"
#include "core/base/nearest.h"
#include "fmt/format.h"

namespace signet {
namespace {

constexpr uint64_t kSeconds32 = UINT32_MAX;
constexpr uint64_t kMany = uint64_t{1} << 40;
constexpr uint64_t kMaxPacket = 268'435'460;

constexpr auto kTable = std::to_array<LimitInfo>({
    {"connections", &Limits::connections, 1, 16'000'000, "connections of the broker",
     "one more is closed as soon as it is accepted; with no file descriptor left the listener "
     "waits"},
    {"connect_timeout_s", &Limits::connect_timeout_s, 1, 3600, "seconds",
     "from accept to the end of CONNECT, and then for each answer to an AUTH that comes before "
     "CONNACK; then the connection is closed"},
    {"connect_bytes", &Limits::connect_bytes, 256, 12 * 1024, "bytes",
     "of a CONNECT packet; a larger one is refused by CONNACK 0x95 (3.1.1: closed), so that a "
     "client that has not authenticated costs at most 16 KiB; an AUTH before CONNACK has what "
     "CONNECT has left of them, and 2 KiB at least"},
    {"client_id_bytes", &Limits::client_id_bytes, 23, 65'535, "bytes",
     "of a Client Identifier; a longer one is refused by CONNACK 0x85 (3.1.1: 0x02)"},
    {"keep_alive_s", &Limits::keep_alive_s, 1, 65'535, "seconds",
     "largest Keep Alive; a client that asks for more (or, below 65535, for none) gets this one as "
     "Server Keep Alive; 3.1.1 clients are held to it silently"},
    {"server_keep_alive_s", &Limits::server_keep_alive_s, 0, 65'535, "seconds",
     "when not 0, the Server Keep Alive that every client gets instead of its own"},
    {"auth_questions", &Limits::auth_questions, 1, 1'000'000, "clients",
     "of one shard that wait for the answer of the auth shard; a further CONNECT is answered by "
     "CONNACK 0x89 (3.1.1: 0x03), a further AUTH by AUTH 0x18"},
    {"credential_bytes", &Limits::credential_bytes, 1024, 1 << 20, "bytes",
     "of Authentication Data in AUTH; more is answered by DISCONNECT 0x87; in CONNECT "
     "connect_bytes comes first"},
    {"logged_denials", &Limits::logged_denials, 0, 1'000'000, "denials of a shard",
     "that the log has told of, each once for a client, action and topic; with one more the oldest "
     "is forgotten, and told again if it happens again; all are when the policy changes"},
    {"packet_bytes", &Limits::packet_bytes, 1024, kMaxPacket, "bytes",
     "announced as Maximum Packet Size; a larger packet is answered by DISCONNECT 0x95 (3.1.1: "
     "closed) as soon as its fixed header is read"},
    {"user_properties", &Limits::user_properties, 0, 65'535, "properties",
     "User Properties in one packet; more are answered by DISCONNECT or CONNACK 0x97"},
    {"topic_levels", &Limits::topic_levels, 1, 65'536, "levels",
     "of a Topic Name or Topic Filter; a deeper name is refused by PUBACK or PUBREC 0x90 and "
     "dropped at QoS 0 (3.1.1: acknowledged and dropped), a deeper Will Topic by CONNACK 0x90 "
     "(3.1.1: closed), a "
     "deeper filter by SUBACK 0x8F (3.1.1: 0x80)"},
    {"topic_bytes", &Limits::topic_bytes, 16, 65'535, "bytes",
     "of a Topic Name or Topic Filter; refused like topic_levels"},
    {"topic_aliases_in", &Limits::topic_aliases_in, 0, 65'535, "aliases",
     "announced as Topic Alias Maximum; a larger alias is answered by DISCONNECT 0x94"},
    {"topic_aliases_out", &Limits::topic_aliases_out, 0, 65'535, "aliases",
     "aliases the broker uses towards one client, at most its Topic Alias Maximum; further Topic "
     "Names are sent in full"},
    {"sessions", &Limits::sessions, 1, 100'000'000, "Sessions of the broker",
     "live and kept ones; a CONNECT that would need one more is refused by CONNACK 0x97 (3.1.1: "
     "0x03)"},
    {"session_expiry_s", &Limits::session_expiry_s, 0, kSeconds32, "seconds",
     "largest Session Expiry Interval; a client that asks for more gets this one, told by CONNACK; "
     "3.1.1 Sessions with Clean Session 0 get exactly this one; 4294967295 means never"},
    {"subscriptions", &Limits::subscriptions, 1, 10'000'000, "Subscriptions of a Session",
     "one more is refused by SUBACK 0x97 (3.1.1: 0x80)"},
    {"filter_bytes", &Limits::filter_bytes, 1024, kMany, "bytes of a Session",
     "of its Topic Filters together; one more is refused by SUBACK 0x97 (3.1.1: 0x80)"},
    {"filters_per_packet", &Limits::filters_per_packet, 1, 65'535, "Topic Filters",
     "in one SUBSCRIBE; the ones beyond are refused by 0x97 (3.1.1: 0x80), the ones before are "
     "granted"},
    {"shared_members", &Limits::shared_members, 1, 1'000'000, "Sessions",
     "in the group of one Shared Subscription; one more is refused by SUBACK 0x97 (3.1.1: 0x80)"},
    {"receive_maximum", &Limits::receive_maximum, 1, 65'535, "messages",
     "announced as Receive Maximum: QoS 1 and 2 messages of a client that it has sent and we have "
     "not yet completed; one more is answered by DISCONNECT 0x93; 3.1.1 clients may use all Packet "
     "Identifiers"},
    {"inflight_messages", &Limits::inflight_messages, 1, 65'535, "messages",
     "QoS 1 and 2 messages sent to a client and not yet acknowledged, at most its Receive Maximum; "
     "further ones wait in the queue of its Session"},
    {"queued_messages", &Limits::queued_messages, 0, 100'000'000, "messages of a Session",
     "QoS 1 and 2 messages that wait for a client; at half of it publishers wait (see brake_rate); "
     "at the limit a new one is dropped and counted, or the oldest one with queue_drops_oldest"},
    {"queued_bytes", &Limits::queued_bytes, 0, kMany, "bytes of a Session",
     "of the same messages and their Subscription Identifiers; reached like queued_messages"},
    {"queue_drops_oldest", &Limits::queue_drops_oldest, 0, 1, "0 or 1",
     "which message goes at queued_messages and queued_bytes: 0 the new one, 1 the oldest"},
    {"message_expiry_s", &Limits::message_expiry_s, 0, kSeconds32, "seconds",
     "largest Message Expiry Interval, given to messages that come without one; 0 means no limit"},
    {"retained_messages", &Limits::retained_messages, 0, 100'000'000, "messages of the broker",
     "Retained Messages; one more is delivered but not retained, and PUBACK says 0x97 (3.1.1, and "
     "QoS 2, where a refusal would mean that it was not delivered: nothing)"},
    {"retained_bytes", &Limits::retained_bytes, 0, kMany, "bytes of the broker",
     "of the same messages, and never more than half of memory_bytes; reached like "
     "retained_messages"},
    {"output_soft_bytes", &Limits::output_soft_bytes, 1024, kMany, "bytes of a connection",
     "output that a client does not take: beyond it QoS 0 messages are dropped once a send is held "
     "up, and QoS 1 and 2 messages wait in the queue of the Session"},
    {"output_hard_bytes", &Limits::output_hard_bytes, 16 * 1024, kMany, "bytes of a connection",
     "beyond it QoS 0 messages are dropped in any case, and nothing more is read from the client "
     "until it has taken some of it"},
    {"send_stall_s", &Limits::send_stall_s, 1, 86'400, "seconds",
     "a client that takes not one byte of its output for so long is cut off"},
    {"brake_rate", &Limits::brake_rate, 0, 1'000'000, "messages a second",
     "that a connected client must take of a queue that is half full; as long as it does, whoever "
     "publishes QoS 1 and 2 messages into the queue is not read from until it has shrunk to a "
     "quarter, and what is on its way is kept, up to four times the limits of the queue and of "
     "mailbox_backlog; a client that takes fewer is not waited for; 0: nobody is"},
    {"pending_acks", &Limits::pending_acks, 1, 65'535, "acknowledgements of a connection",
     "that wait for a commit, each Reason Code of a SUBACK or UNSUBACK by itself; beyond it the "
     "broker stops "
     "reading from the client until they are out"},
    {"mailbox_backlog", &Limits::mailbox_backlog, 16, 1'000'000, "messages between two shards",
     "that found the mailbox full; beyond it the shard stops reading from the publishers that fill "
     "it"},
    {"memory_bytes", &Limits::memory_bytes, 0, kMany << 10, "bytes of the broker",
     "held for messages, output and Topic Filters; 0 means half of the machine's memory. Beyond "
     "60 % QoS 0 messages to slow clients are dropped, beyond 80 %, and while the system gives no "
     "more memory, clients without a Session get CONNACK 0x89 (3.1.1: 0x03) and the broker stops "
     "reading from publishers, grants no new Subscription (SUBACK 0x97, 3.1.1: 0x80), and gives up "
     "packets of more than 64 KiB that are not complete (DISCONNECT 0x97)"},
    {"drain_timeout_s", &Limits::drain_timeout_s, 0, 3600, "seconds",
     "after SIGTERM: how long output may still leave before connections are closed"},
});

}  // namespace

std::span<const LimitInfo> AllLimits() { return kTable; }

Status SetLimit(std::string_view name, uint64_t value, Limits* limits) {
  for (const LimitInfo& limit : kTable) {
    if (limit.name != name) continue;
    if (value < limit.least || value > limit.most) {
      return Status::Error(fmt::format("limit {} must be from {} to {} ({}), not {}", limit.name,
                                       limit.least, limit.most, limit.unit, value));
    }
    limits->*limit.value = value;
    return Status::Ok();
  }
  std::array<std::string_view, kTable.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kTable[i].name;
  return Status::Error(fmt::format("there is no limit \"{}\" (did you mean {}?)",
                                   EscapeForLog(name), Nearest(name, names)));
}

}  // namespace signet
