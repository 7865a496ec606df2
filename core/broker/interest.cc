#include "core/broker/interest.h"

#include "core/broker/retaining.h"

namespace signet {

Token Interest::Announce(std::vector<std::string> filters, SessionId session, Done done) {
  const Token token = next_++;
  std::vector<uint64_t> stamps(context_.shards, 0);
  stamps[context_.self.value()] = retaining_.last_stamp();
  if (context_.shards == 1) {
    std::move(done)(stamps);
    return token;
  }
  announcements_.emplace(token, Announcement{.session = session,
                                             .not_settled = context_.shards - 1,
                                             .stamps = std::move(stamps),
                                             .done = std::move(done)});
  context_.ForEachOther([&](ShardId other) {
    context_.Send(other, WantFilters{.token = token, .filters = filters});
  });
  return token;
}

void Interest::WithdrawIfGone(std::string_view filter) {
  const TopicTree::Node* node = tree_.Find(filter);
  if (node != nullptr && node->has_local_interest()) return;
  context_.ForEachOther(
      [&](ShardId other) { context_.Send(other, DropFilters{.filters = {std::string(filter)}}); });
}

void Interest::OnWant(ShardId from, const WantFilters& want) {
  for (const std::string& filter : want.filters) tree_.AddRemote(filter, from);
  const bool settled = retaining_.AllStored();
  context_.Send(
      from,
      InterestNoted{.token = want.token, .stamp = retaining_.last_stamp(), .settled = settled});
  if (settled) return;
  retaining_.WhenStored(
      [this, from, token = want.token] { context_.Send(from, InterestSettled{.token = token}); });
}

void Interest::OnDrop(ShardId from, const DropFilters& drop) {
  for (const std::string& filter : drop.filters) tree_.RemoveRemote(filter, from);
}

void Interest::OnNoted(ShardId from, const InterestNoted& noted) {
  const auto found = announcements_.find(noted.token);
  if (found == announcements_.end()) return;
  found->second.stamps[from.value()] = noted.stamp;
  Activate(found->second.session, noted.token, from);
  if (noted.settled) Settle(noted.token);
}

void Interest::OnSettled(const InterestSettled& settled) { Settle(settled.token); }

void Interest::Activate(SessionId id, Token token, ShardId noted_by) {
  Session* session = sessions_.Find(id);
  if (session == nullptr || session->activations == nullptr) return;
  const ShardSet all =
      context_.shards == kMaxShards ? ~ShardSet{0} : (ShardSet{1} << context_.shards) - 1;
  absl::erase_if(*session->activations, [&](auto& one) {
    Activation& activation = one.second;
    if (activation.token == token) activation.noted_by |= SetOf(noted_by);
    return activation.noted_by == all;
  });
  if (session->activations->empty()) session->activations.reset();
}

void Interest::Settle(Token token) {
  const auto found = announcements_.find(token);
  if (found == announcements_.end() || --found->second.not_settled > 0) return;
  Announcement announcement = std::move(found->second);
  announcements_.erase(found);
  std::move(announcement.done)(announcement.stamps);
}

}  // namespace signet
