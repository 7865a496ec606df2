#include "net/connection.h"

#include "core/base/check.h"

namespace signet {

Connection& ConnectionTable::Add(ConnectionId id, Socket socket) {
  while (id.slot / kChunk >= chunks_.size()) {
    chunks_.push_back(std::make_unique<Connection[]>(kChunk));
  }
  Connection& connection = At(id.slot);
  CHECK(connection.phase == Connection::Phase::kFree);
  connection.id = id;
  connection.socket = std::move(socket);
  connection.phase = Connection::Phase::kOpen;
  ++size_;
  return connection;
}

void ConnectionTable::Remove(Connection& connection) {
  CHECK(!connection.in_flight());
  connection = Connection();
  --size_;
}

void SendsInFlight::PushBack(Connection& connection) {
  const uint32_t slot = connection.id.slot;
  connection.older = newest_;
  connection.newer = kNone;
  (newest_ == kNone ? oldest_ : table_.At(newest_).newer) = slot;
  newest_ = slot;
}

void SendsInFlight::Remove(Connection& connection) {
  const uint32_t older = connection.older;
  const uint32_t newer = connection.newer;
  (older == kNone ? oldest_ : table_.At(older).newer) = newer;
  (newer == kNone ? newest_ : table_.At(newer).older) = older;
}

}  // namespace signet
