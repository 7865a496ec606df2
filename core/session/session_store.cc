#include "core/session/session_store.h"

namespace signet {

Session* SessionStore::Find(std::string_view client_id) {
  const auto found = by_name_.find(client_id);
  return found == by_name_.end() ? nullptr : *found;
}

Session* SessionStore::Create(std::string_view client_id) {
  DCHECK(Find(client_id) == nullptr);
  Session* session = sessions_.Emplace(client_id, timer_kind_);
  if (session != nullptr) by_name_.insert(session);
  return session;
}

void SessionStore::Forget(Session& session) {
  DCHECK(!session.ending);
  by_name_.erase(&session);
  session.ending = true;
}

void SessionStore::Destroy(Session& session) {
  DCHECK(session.ending);
  sessions_.Erase(session.id);
}

}  // namespace signet
