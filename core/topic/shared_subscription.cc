#include "core/topic/shared_subscription.h"

#include <algorithm>

namespace signet {

void SharedSubscription::Join(const SharedMember& member) {
  const auto [known, added] = members_.try_emplace(Passed{member.shard, member.session});
  if (added) {
    Line& line = LineOf(member.online);
    known->second = line.insert(line.end(), member);
    return;
  }
  SetOnline(member.shard, member.session, member.online);
  *known->second = member;
}

bool SharedSubscription::Leave(ShardId shard, SessionId session) {
  const auto known = members_.find(Passed{shard, session});
  if (known == members_.end()) return false;
  LineOf(known->second->online).erase(known->second);
  members_.erase(known);
  return true;
}

void SharedSubscription::SetOnline(ShardId shard, SessionId session, bool online) {
  const auto known = members_.find(Passed{shard, session});
  if (known == members_.end() || known->second->online == online) return;
  Line& to = LineOf(online);
  to.splice(to.end(), LineOf(!online), known->second);
  known->second->online = online;
}

const SharedMember* SharedSubscription::Next(QoS qos, const PassedOver& passed_over) {
  const SharedMember* next = NextOf(online_, passed_over);
  if (next != nullptr || qos == QoS::kAtMostOnce) return next;
  return NextOf(offline_, passed_over);
}

const SharedMember* SharedSubscription::NextOf(Line& line, const PassedOver& passed_over) {
  const auto next = std::find_if(line.begin(), line.end(), [&](const SharedMember& member) {
    return !passed_over.contains(Passed{member.shard, member.session});
  });
  if (next == line.end()) return nullptr;
  line.splice(line.end(), line, next);
  return &*next;
}

}  // namespace signet
