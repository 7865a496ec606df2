#include "core/topic/retained_store.h"

#include <iterator>
#include <utility>

namespace signet {
namespace {

bool Expires(const MessageRef& message) { return message->parts().expires_at != Instant::Never(); }

bool HasExpired(const MessageRef& message, Instant now) {
  return Expires(message) && message->parts().expires_at <= now;
}

}  // namespace

RetainedStore::Outcome RetainedStore::Set(MessageRef message,
                                          std::unique_ptr<Companion> companion) {
  const MessageView view = message->View();
  const auto place = entries_.lower_bound(view.topic_name);
  const bool exists = place != entries_.end() && place->topic_name == view.topic_name;
  if (view.payload.empty()) {
    if (exists) Remove(place);
    return Outcome::kRemoved;
  }
  const size_t old_size = exists ? place->message->size() : 0;
  if (!exists && entries_.size() >= limits_.messages) return Outcome::kQuotaExceeded;
  if (message->size() > old_size && bytes_ - old_size + message->size() > limits_.bytes) {
    return Outcome::kQuotaExceeded;
  }
  bytes_ += message->size() - old_size;
  if (Expires(message)) ++expiring_;
  if (!exists) {
    entries_.emplace_hint(place, Entry{std::move(message), view.topic_name, std::move(companion)});
    return Outcome::kStored;
  }
  if (Expires(place->message)) --expiring_;
  place->topic_name = view.topic_name;
  place->message = std::move(message);
  place->companion = std::move(companion);
  return Outcome::kStored;
}

const MessageRef* RetainedStore::Find(std::string_view topic_name, Instant now) const {
  const auto found = entries_.find(topic_name);
  if (found == entries_.end() || HasExpired(found->message, now)) return nullptr;
  return &found->message;
}

size_t RetainedStore::Scan(std::string_view filter, Instant now, size_t max_steps, Cursor* cursor,
                           absl::FunctionRef<bool(const MessageRef&)> visit) const {
  return ScanWithCompanions(filter, now, max_steps, cursor,
                            [&](const MessageRef& message, Companion*) { return visit(message); });
}

size_t RetainedStore::ScanWithCompanions(
    std::string_view filter, Instant now, size_t max_steps, Cursor* cursor,
    absl::FunctionRef<bool(const MessageRef&, Companion*)> visit) const {
  if (cursor->done) return 0;
  std::string seek;
  Place at = entries_.lower_bound(FirstCandidate(filter));
  if (cursor->started) {  // The entry may be gone: its name alone says where to go on.
    const SkipScan judgement = Judge(filter, cursor->after, &seek);
    at = Onward(judgement, seek, entries_.upper_bound(cursor->after));
  }
  const Entry* last = nullptr;
  size_t steps = 0;
  for (bool stopped = false; !stopped && at != entries_.end() && steps < max_steps; ++steps) {
    const SkipScan judgement = Judge(filter, at->topic_name, &seek);
    const bool wanted = judgement == SkipScan::kMatch && !HasExpired(at->message, now);
    stopped = wanted && !visit(at->message, at->companion.get());
    if (stopped) continue;
    last = &*at;
    at = Onward(judgement, seek, std::next(at));
  }
  cursor->done = at == entries_.end();
  if (last != nullptr) {
    cursor->after = last->topic_name;
    cursor->started = true;
  }
  return steps;
}

// Where the next candidate is after one that was judged so and that `next` follows.
RetainedStore::Place RetainedStore::Onward(SkipScan judgement, std::string_view seek,
                                           Place next) const {
  if (judgement == SkipScan::kSeek) return entries_.lower_bound(seek);
  return judgement == SkipScan::kEnd ? entries_.end() : next;
}

size_t RetainedStore::Sweep(Instant now, size_t max_steps) {
  if (expiring_ == 0) return 0;
  const size_t size_before = entries_.size();
  auto at = entries_.lower_bound(sweep_from_);
  for (size_t steps = 0; at != entries_.end() && steps < max_steps; ++steps) {
    if (HasExpired(at->message, now)) {
      at = Remove(at);
    } else {
      ++at;
    }
  }
  sweep_from_ = at == entries_.end() ? std::string_view() : at->topic_name;
  return size_before - entries_.size();
}

RetainedStore::Entries::iterator RetainedStore::Remove(Entries::iterator entry) {
  bytes_ -= entry->message->size();
  if (Expires(entry->message)) --expiring_;
  return entries_.erase(entry);
}

}  // namespace signet
