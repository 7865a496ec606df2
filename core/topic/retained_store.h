// RetainedStore: the Retained Messages whose Topic Name hashes to this shard (MQTT 5, 3.3.1.3).
// They are ordered by Topic Name, so that a wildcard filter skips from prefix to prefix, and a scan
// that was interrupted goes on where it stopped, however the store has changed meanwhile. Used on
// the shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "core/base/time.h"
#include "core/mqtt/application_message.h"
#include "core/topic/skip_scan.h"

namespace signet {

class RetainedStore {
 public:
  struct Limits {
    uint64_t messages;
    uint64_t bytes;  // Of ApplicationMessage::size().
  };
  enum class Outcome : uint8_t {
    kStored,
    kRemoved,        // The payload was empty; nothing is kept any more, if anything was.
    kQuotaExceeded,  // Nothing has changed: what was kept for the Topic Name still is.
  };

  // What the owner keeps beside a message; goes with it.
  class Companion {
   public:
    virtual ~Companion() = default;
  };

  explicit RetainedStore(const Limits& limits) : limits_(limits) {}
  RetainedStore(const RetainedStore&) = delete;
  RetainedStore& operator=(const RetainedStore&) = delete;

  // What other shards leave to this one of the broker's limits changes all the time.
  void set_limits(const Limits& limits) { limits_ = limits; }

  // Keeps `message` as the one of its Topic Name [MQTT-3.3.1-5]; with an empty payload, removes the
  // one that is kept and keeps none [MQTT-3.3.1-6] [MQTT-3.3.1-7]. A replacement is judged by how
  // many bytes it adds.
  Outcome Set(MessageRef message, std::unique_ptr<Companion> companion = nullptr);

  // Null if there is none, or if it has expired. Valid until the next call that is not const.
  const MessageRef* Find(std::string_view topic_name, Instant now) const;

  // A place in a scan: behind the last Topic Name that was looked at.
  struct Cursor {
    std::string after;
    bool started = false;
    bool done = false;
  };

  // Visits the messages that match `filter` and have not expired, in the order of Topic Names, from
  // `cursor` on. Stops when `visit` returns false (that message counts as not visited and comes
  // first next time), after `max_steps` entries, at least 1, have been looked at, or at the end,
  // where cursor->done becomes true. Returns how many entries it has looked at. `visit` must not
  // change the store.
  //
  // Between the slices of a scan the store may change: no Topic Name is visited twice, and none is
  // missed that has been there from the first slice to the last.
  size_t Scan(std::string_view filter, Instant now, size_t max_steps, Cursor* cursor,
              absl::FunctionRef<bool(const MessageRef&)> visit) const;
  // The same; the companion is the store's, and null where none was given.
  size_t ScanWithCompanions(std::string_view filter, Instant now, size_t max_steps, Cursor* cursor,
                            absl::FunctionRef<bool(const MessageRef&, Companion*)> visit) const;

  // Drops expired messages, looking at no more than `max_steps` entries. Goes on where it stopped
  // last time; having come to the end, it begins anew with the next call. Returns how many it has
  // dropped.
  size_t Sweep(Instant now, size_t max_steps);

  size_t size() const { return entries_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  // Mutable, for a replacement takes the old one's place: its Topic Name has the same bytes.
  struct Entry {
    mutable MessageRef message;
    mutable std::string_view topic_name;  // Within `message`.
    mutable std::unique_ptr<Companion> companion;
  };
  struct ByTopicName {
    using is_transparent = void;
    bool operator()(const Entry& a, const Entry& b) const { return a.topic_name < b.topic_name; }
    bool operator()(const Entry& a, std::string_view b) const { return a.topic_name < b; }
    bool operator()(std::string_view a, const Entry& b) const { return a < b.topic_name; }
  };
  using Entries = absl::btree_set<Entry, ByTopicName>;
  using Place = Entries::const_iterator;

  Place Onward(SkipScan judgement, std::string_view seek, Place next) const;
  Entries::iterator Remove(Entries::iterator entry);

  Limits limits_;
  Entries entries_;
  size_t bytes_ = 0;
  size_t expiring_ = 0;     // Messages with a Message Expiry Interval.
  std::string sweep_from_;  // Where the next Sweep() goes on; empty: at the first entry.
};

}  // namespace signet
