// SessionStore: the Sessions at home on one shard, by Client Identifier and by id. A Session that
// ends is at once no longer found by its Client Identifier, but its object stays until Destroy():
// nothing that is going over Sessions meets a dead one. Used on the shard's thread alone.
#pragma once

#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "core/base/hash.h"
#include "core/base/slot_map.h"
#include "core/session/session.h"

namespace signet {

class SessionStore {
 public:
  // At most `capacity` Sessions; `timer_kind` marks their timers.
  SessionStore(uint32_t capacity, uint8_t timer_kind)
      : sessions_(capacity), timer_kind_(timer_kind) {}

  // Null if there is none.
  Session* Find(std::string_view client_id);
  Session* Find(SessionId id) { return sessions_.Find(id); }

  // There must be none of this name yet. Null if the store is full.
  Session* Create(std::string_view client_id);

  // Marks `session` as ending and forgets its name, so that a new Session may take it.
  void Forget(Session& session);
  // `session` is ending, and nobody refers to it any more.
  void Destroy(Session& session);

  // Sessions that are not ending.
  size_t size() const { return by_name_.size(); }

  template <typename Visit>
  void ForEach(Visit&& visit) {
    sessions_.ForEach(visit);
  }
  // The same in several turns, see SlotMap.
  template <typename Visit>
  bool VisitSlot(uint32_t number, Visit&& visit) {
    return sessions_.VisitSlot(number, visit);
  }

 private:
  struct NameHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return HashOf(name); }
    size_t operator()(const Session* session) const { return HashOf(session->client_id); }
  };
  struct NameEqual {
    using is_transparent = void;
    static std::string_view NameOf(std::string_view name) { return name; }
    static std::string_view NameOf(const Session* session) { return session->client_id; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return NameOf(a) == NameOf(b);
    }
  };

  SlotMap<Session, SessionId> sessions_;
  absl::flat_hash_set<Session*, NameHash, NameEqual> by_name_;
  const uint8_t timer_kind_;
};

}  // namespace signet
