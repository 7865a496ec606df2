#include "tests/sim/ledger.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "core/base/check.h"
#include "core/mqtt/topic_name.h"
#include "fmt/format.h"

namespace signet::sim {
namespace {

std::string_view FilterOf(std::string_view asked) { return ParseTopicFilter(asked)->filter; }
bool IsShared(std::string_view asked) { return ParseTopicFilter(asked)->is_shared(); }

// The number behind `kind` in a payload; nothing if it is of another kind.
std::optional<uint32_t> NumberIn(std::string_view payload, char kind) {
  if (payload.empty() || payload.front() != kind) return std::nullopt;
  uint32_t number = 0;
  const auto end = payload.data() + payload.size();
  const auto [stop, error] = std::from_chars(payload.data() + 1, end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

int Number(QoS qos) { return static_cast<int>(qos); }

bool IsGuestName(std::string_view client) { return client.starts_with("guest"); }

}  // namespace

void Ledger::Violated(std::string sentence) {
  if (violation_.empty()) violation_ = fmt::format("step {}: {}", step_, sentence);
}

MessageNumber Ledger::Publish(std::string_view publisher, std::string_view topic, QoS qos,
                              bool retain) {
  messages_.push_back({.publisher = std::string(publisher),
                       .topic = std::string(topic),
                       .qos = qos,
                       .retain = retain,
                       .sent = step_,
                       .times_sent = 1});
  return static_cast<MessageNumber>(messages_.size() - 1);
}

std::vector<Ledger::Interval*> Ledger::Open(const std::string& client, std::string_view filter) {
  std::vector<Interval*> open;
  for (Interval& interval : intervals_[client]) {
    const bool is_meant = filter.empty() || interval.filter == filter;
    if (is_meant && !interval.ended) open.push_back(&interval);
  }
  return open;
}

size_t Ledger::Asked(const std::string& client, std::string_view filter, QoS qos) {
  std::vector<Interval>& intervals = intervals_[client];
  intervals.push_back({.filter = std::string(filter), .qos = qos, .asked = step_});
  return intervals.size() - 1;
}

void Ledger::Granted(const std::string& client, size_t asked) {
  Interval& interval = intervals_[client][asked];
  interval.granted = step_;
  if (!law_.MayAllow(client, Action::kSubscribe, FilterOf(interval.filter), interval.asked)) {
    Violated(fmt::format("{} was granted {}, which it may not have", client, interval.filter));
  }
}

void Ledger::Refused(const std::string& client, size_t asked) {
  Interval& interval = intervals_[client][asked];
  interval.refused = true;
  interval.ended = step_;
  if (MayHaveLost(client, interval)) return;
  Violated(fmt::format("{} was refused {}, which it may have", client, interval.filter));
}

bool Ledger::MayHaveLost(const std::string& client, const Interval& interval) const {
  return law_.MayDeny(client, Action::kSubscribe, FilterOf(interval.filter), interval.asked);
}

size_t Ledger::GivenUp(const std::string& client, std::string_view filter) {
  for (Interval* interval : Open(client, filter)) {
    if (!interval->given_up) interval->given_up = step_;
  }
  return intervals_[client].size();
}

// What was asked for behind the UNSUBSCRIBE goes on, though it may have been given up by another
// one.
void Ledger::Ended(const std::string& client, std::string_view filter, size_t given_up) {
  const std::span<Interval> before = std::span(intervals_[client]).first(given_up);
  for (Interval& interval : before) {
    if (interval.filter == filter && !interval.ended) interval.ended = step_;
  }
}

void Ledger::SessionInDoubt(const std::string& client) { GivenUp(client, {}); }

void Ledger::SessionEnded(const std::string& client) {
  for (Interval* interval : Open(client, {})) interval->ended = step_;
}

// What was there when the policy came is gone, if it is not allowed; who has asked since may have
// been answered by the policy that came next. A group gives until it has heard, and what it gives
// is judged by the policy of that moment.
void Ledger::NothingIsUnderWay(const std::string& client) {
  const std::optional<uint32_t> since = law_.Bind(client);
  if (!since) return;
  for (Interval* interval : Open(client, {})) {
    const bool was_there = interval->granted && *interval->granted < *since;
    if (IsShared(interval->filter)) continue;
    const std::string_view filter = FilterOf(interval->filter);
    if (was_there && law_.DeniedSince(client, client, Action::kSubscribe, filter)) {
      interval->ended = step_;
    }
  }
}

void Ledger::Acknowledged(MessageNumber number, bool told) {
  Message& message = messages_[number];
  if (told && !law_.MayAllow(message.publisher, Action::kPublish, message.topic, message.sent)) {
    Violated(fmt::format("{} was told that message {} on {} is accepted, where it may not publish",
                         message.publisher, number, message.topic));
  }
  message.acknowledged =
      told || !law_.MayDeny(message.publisher, Action::kPublish, message.topic, message.sent);
}

void Ledger::Refused(MessageNumber number) {
  Message& message = messages_[number];
  if (!law_.MayDeny(message.publisher, Action::kPublish, message.topic, message.sent)) {
    return Violated(fmt::format("{} was refused message {} on {}, where it may publish",
                                message.publisher, number, message.topic));
  }
  message.refused = message.times_sent == 1;
  if (!message.refused) return;  // It may have been accepted the first time.
  for (const auto& [key, tally] : tallies_) {
    if (key.second != number) continue;
    return Violated(fmt::format("{} got message {}, and {} was told that it is refused", key.first,
                                number, message.publisher));
  }
}

uint32_t Ledger::NewWill(const std::string& client) {
  wills_.push_back({.client = client, .left = step_});
  return static_cast<uint32_t>(wills_.size() - 1);
}

void Ledger::Received(const std::string& client, const signet::Received& publish,
                      std::string_view topic) {
  if (const auto will = NumberIn(publish.payload, 'w')) {
    if (client != "witness" || *will >= wills_.size()) return;
    uint32_t& seen = wills_[*will].seen;
    if (!publish.dup || seen == 0) ++seen;
    return;
  }
  const auto number = NumberIn(publish.payload, 'm');
  if (!number || *number >= messages_.size() || messages_[*number].topic != topic) {
    return Violated(
        fmt::format("{} got '{}' on {}, which nobody sent", client, publish.payload, topic));
  }
  CheckAllowed(client, *number);
  CheckWanted(client, *number);
  // A replay says nothing of who got what, or when.
  if (publish.retain) return CheckReplay(client, *number);
  CheckCopies(client, *number, publish.qos, publish.dup);
  CheckOrder(client, *number, publish.qos);
}

void Ledger::CheckAllowed(const std::string& client, MessageNumber number) {
  const Message& message = messages_[number];
  if (message.refused ||
      !law_.MayAllow(message.publisher, Action::kPublish, message.topic, message.sent)) {
    Violated(fmt::format("{} got message {} on {}, where {} might not publish", client, number,
                         message.topic, message.publisher));
  }
  if (!law_.MayReach(client, message.topic)) {
    Violated(fmt::format("{} got message {} on {}, which it may not have any more", client, number,
                         message.topic));
  }
}

// Who asked for it once its publisher had lost the right does not get it.
void Ledger::CheckReplay(const std::string& client, MessageNumber number) {
  const Message& message = messages_[number];
  const std::optional<uint32_t> since =
      law_.DeniedSince(message.topic, message.publisher, Action::kPublish, message.topic);
  if (!since) return;
  for (const Interval& interval : intervals_[client]) {
    const bool is_meant = !interval.refused && Matches(FilterOf(interval.filter), message.topic);
    if (is_meant && interval.asked <= *since) return;
  }
  Violated(fmt::format("{} got message {}, which is retained on {}, where {} may not publish",
                       client, number, message.topic, message.publisher));
}

void Ledger::CheckWanted(const std::string& client, MessageNumber number) {
  const Message& message = messages_[number];
  for (const Interval& interval : intervals_[client]) {
    if (interval.refused || !Matches(FilterOf(interval.filter), message.topic)) continue;
    if (!interval.ended) return;
    if (message.sent <= *interval.ended && !IsGuestName(client)) return;
  }
  Violated(fmt::format("{} got message {} on {}, to which it {}", client, number, message.topic,
                       IsGuestName(client) ? "does not listen any more" : "did not subscribe"));
}

void Ledger::CheckCopies(const std::string& client, MessageNumber number, QoS qos, bool dup) {
  Tally& tally = tallies_[{client, number}];
  ++(dup ? tally.again : tally.fresh);
  const Message& message = messages_[number];
  if (qos > message.qos) {
    return Violated(fmt::format("{} got message {} at QoS {}, sent at QoS {}", client, number,
                                Number(qos), Number(message.qos)));
  }
  const uint32_t most = qos == QoS::kExactlyOnce ? 1 : message.times_sent;
  const uint32_t came = qos == QoS::kExactlyOnce ? tally.fresh + tally.again : tally.fresh;
  if (came <= most) return;
  Violated(fmt::format("{} got message {} {} times at QoS {}, sent {} times", client, number, came,
                       Number(qos), message.times_sent));
}

void Ledger::CheckOrder(const std::string& client, MessageNumber number, QoS qos) {
  const Tally& tally = tallies_[{client, number}];
  if (tally.fresh + tally.again > 1) return;  // A repetition has no place of its own.
  const Message& message = messages_[number];
  // Nor has what its publisher had to repeat, which may be new to somebody who came meanwhile.
  if (message.qos == QoS::kAtLeastOnce && message.times_sent > 1) return;
  // Members of a Shared Subscription get messages of others, in no order.
  if (message.topic.starts_with("s/")) return;
  const auto [last, is_first] =
      last_.try_emplace({client, message.topic, message.qos, qos}, number);
  if (!is_first && number < last->second) {
    return Violated(fmt::format("{} got message {} behind message {}, both of {} on {} at QoS {}",
                                client, number, last->second, message.publisher, message.topic,
                                Number(message.qos)));
  }
  last->second = number;
}

void Ledger::CheckPromises() {
  std::map<std::string, std::vector<const Interval*>> groups;
  std::map<std::string, std::set<std::string>> members;
  for (const auto& [client, intervals] : intervals_) {
    for (const Interval& interval : intervals) {
      if (IsShared(interval.filter)) members[interval.filter].insert(client);  // Of all times.
      if (!interval.granted || interval.given_up || interval.ended) continue;
      if (MayHaveLost(client, interval)) continue;
      if (IsShared(interval.filter)) {
        groups[interval.filter].push_back(&interval);
        continue;
      }
      for (MessageNumber number = 0; number < messages_.size(); ++number) {
        const Message& message = messages_[number];
        const bool promised = message.acknowledged && message.sent > *interval.granted &&
                              interval.qos != QoS::kAtMostOnce &&
                              Matches(interval.filter, message.topic);
        if (!promised || tallies_.contains({client, number})) continue;
        return Violated(fmt::format("{} never got message {} on {}, acknowledged to {}", client,
                                    number, message.topic, message.publisher));
      }
    }
  }
  for (const auto& [filter, intervals] : groups) {
    uint32_t since = UINT32_MAX;
    for (const Interval* interval : intervals) since = std::min(since, *interval->granted);
    CheckGroup(filter, members[filter], since);
  }
}

// Every message to one member, and at QoS 2 to no other.
void Ledger::CheckGroup(std::string_view filter, const std::set<std::string>& members,
                        uint32_t since) {
  for (MessageNumber number = 0; number < messages_.size(); ++number) {
    const Message& message = messages_[number];
    if (!Matches(FilterOf(filter), message.topic) || message.sent <= since) continue;
    uint32_t fresh = 0;
    uint32_t all = 0;
    for (const std::string& member : members) {
      const auto tally = tallies_.find({member, number});
      if (tally == tallies_.end()) continue;
      fresh += tally->second.fresh;
      all += tally->second.fresh + tally->second.again;
    }
    if (all == 0 && message.acknowledged) {
      return Violated(fmt::format("no member of {} got message {}", filter, number));
    }
    const bool doubled = message.qos == QoS::kExactlyOnce ? all > 1 : fresh > message.times_sent;
    if (doubled) Violated(fmt::format("members of {} got message {} twice", filter, number));
  }
}

void Ledger::CheckWills() {
  for (size_t number = 0; number < wills_.size(); ++number) {
    const auto& [client, left, fate, seen] = wills_[number];
    const std::string topic = "will/" + client;
    if (seen > 0 && !law_.MayAllow(client, Action::kPublish, topic, left)) {
      Violated(fmt::format("will {} was published, and {} might not", number, client));
    }
    const bool may_be_withheld = law_.MayDeny(client, Action::kPublish, topic, left);
    if (fate == Fate::kOnce && may_be_withheld && seen == 0) continue;
    const bool wrong =
        seen > 1 || (fate == Fate::kNever && seen > 0) || (fate == Fate::kOnce && seen == 0);
    if (!wrong) continue;
    Violated(fmt::format("will {} was published {} times, and should have been {}", number, seen,
                         fate == Fate::kNever  ? "never"
                         : fate == Fate::kOnce ? "once"
                                               : "once at most"));
  }
}

Ledger::RetainedState Ledger::RetainedNow(std::string_view filter) const {
  RetainedState state;
  for (MessageNumber number = 0; number < messages_.size(); ++number) {
    const Message& message = messages_[number];
    if (!message.retain || message.refused || !Matches(filter, message.topic)) continue;
    if (law_.DeniedSince(message.topic, message.publisher, Action::kPublish, message.topic)) {
      state.withheld.insert(message.topic);
      continue;
    }
    if (message.acknowledged) {
      state.surely[message.topic] = number;
      state.in_doubt.erase(message.topic);
    } else {
      state.surely.erase(message.topic);
      state.in_doubt.insert(message.topic);
    }
  }
  return state;
}

}  // namespace signet::sim
