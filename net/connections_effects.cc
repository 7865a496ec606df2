// What the broker wants done with connections, and how they end.
#include <algorithm>
#include <cerrno>

#include "net/connections.h"

namespace signet {

void Connections::TakeEffects() {
  broker_.TakeEffects(&effects_);
  for (const ConnectionId id : effects_.hand_over) {
    Connection* connection = table_.Find(id);
    if (connection == nullptr) continue;
    connection->leaving = true;
    if (CanLeave(*connection)) to_leave_.push_back(id);
  }
  for (const ConnectionId id : effects_.input) {
    Connection* connection = table_.Find(id);
    if (connection == nullptr) continue;
    if (WantsReceive(*connection)) {
      Arm(*connection);
    } else {
      StopReceiving(*connection);
      Watch(*connection);
    }
  }
  for (const ConnectionId id : effects_.output) SendOutput(id);
  for (const ConnectionId id : std::exchange(to_send_, {})) SendOutput(id);
  for (const ConnectionId id : effects_.close) {
    Connection* connection = table_.Find(id);
    if (connection != nullptr && connection->phase == Phase::kOpen) BeginClose(*connection);
  }
  effects_.Clear();
  for (const ConnectionId id : to_leave_) {
    Connection* connection = table_.Find(id);
    if (connection != nullptr && CanLeave(*connection)) HandOverNow(*connection);
  }
  to_leave_.clear();
  for (const ConnectionId id : to_arm_) {
    if (Connection* connection = table_.Find(id)) Arm(*connection);
  }
  to_arm_.clear();
  RearmStarved();
  ReleaseEnded();
}

bool Connections::CanLeave(const Connection& connection) {
  return connection.leaving && !connection.in_flight() &&
         (connection.wrapping == nullptr || connection.wrapping->wire.empty());
}

void Connections::HandOverNow(Connection& connection) {
  const ConnectionId id = connection.id;
  // It may have been closed while it waited.
  if (broker_.Find(id)->state() != Client::State::kLeaving) return;
  ShardBroker::Departure departure = broker_.TakeForHandOver(id);
  std::unique_ptr<Transport> transport;
  if (connection.wrapping != nullptr) transport = std::move(connection.wrapping->transport);
  departure.hand_over.parcel =
      std::make_unique<SocketParcel>(std::move(connection.socket), std::move(transport));
  broker_.Send(departure.home, std::move(departure.hand_over));
  table_.Remove(connection);
  broker_.Release(id);
}

void Connections::SendOutput(ConnectionId id) {
  Connection* connection = table_.Find(id);
  if (connection == nullptr || connection->phase > Phase::kFlushing || connection->broken) return;
  if (connection->wrapping != nullptr) return SendWrapped(*connection);
  OutputQueue& output = broker_.Find(id)->output();
  if (output.empty()) return;
  if (connection->sending) return broker_.OutputHeldUp(id);
  StartSend(*connection, output);
}

void Connections::StopReceiving(Connection& connection) {
  if (!connection.receiving || !connection.multishot || connection.cancelling) return;
  connection.cancelling = true;
  io_uring_sqe* sqe = ring_.NextSqe();
  if (connection.cancel_missed && !connection.sending) {
    // By descriptor, while nothing else of it is in flight; at once, while the descriptor is its.
    io_uring_prep_cancel_fd(sqe, connection.socket.fd(), 0);
    io_uring_sqe_set_data64(sqe, OpTag::For(Op::kCancel, connection.id).Pack());
    return ring_.Submit();
  }
  io_uring_prep_cancel64(sqe, OpTag::For(Op::kReceive, connection.id).Pack(), 0);
  io_uring_sqe_set_data64(sqe, OpTag::For(Op::kCancel, connection.id).Pack());
}

void Connections::OnCancel(const Completion& completion) {
  Connection* connection = table_.Find(completion.tag().connection());
  if (connection == nullptr || completion.result() >= 0) return;
  // Usually the receive has just ended by itself. If not, what it brings next shows that it was
  // missed.
  connection->cancelling = false;
  connection->cancel_missed = true;
}

// Completions come in order, and a connection that ends begins nothing any more: where the kernel
// finds nothing to cancel, what we believe to be in flight has ended, and that was lost on the way.
void Connections::OnCancelAll(const Completion& completion) {
  Connection* connection = table_.Find(completion.tag().connection());
  if (connection == nullptr || (completion.result() != 0 && completion.result() != -ENOENT)) return;
  if (connection->sending) sends_.Remove(*connection);
  connection->sending = false;
  connection->receiving = false;
  ended_.push_back(connection->id);
}

// -- The end.

void Connections::BeginClose(Connection& connection) {
  if (connection.broken) return End(connection);
  connection.phase = Phase::kFlushing;
  if (connection.wrapping != nullptr) SendWrapped(connection);
  if (!connection.sending) return BeginLinger(connection);
  flushing_.Push(connection.id, now_);
}

void Connections::BeginLinger(Connection& connection) {
  if (connection.peer_done) return End(connection);
  connection.phase = Phase::kLingering;
  connection.socket.EndSending();
  lingering_.Push(connection.id, now_);
  to_arm_.push_back(connection.id);
}

void Connections::End(Connection& connection) {
  if (connection.phase == Phase::kEnding) return;
  connection.phase = Phase::kEnding;
  if (!connection.in_flight()) return ended_.push_back(connection.id);
  connection.socket.EndBoth();
  ending_.Push(connection.id, now_);
}

void Connections::CutOff(Connection& connection, std::string_view why) {
  connection.broken = true;
  connection.socket.ResetOnClose();
  // The broker answers with Effects::close.
  if (connection.phase == Phase::kOpen) return broker_.Closed(connection.id, why);
  End(connection);
}

void Connections::CutOffAll(std::string_view why) {
  table_.ForEach([&](Connection& connection) {
    if (connection.phase != Phase::kEnding) CutOff(connection, why);
  });
}

void Connections::OnOperationEnd(Connection& connection) {
  if (connection.phase == Phase::kFlushing && !connection.sending) {
    if (connection.wrapping != nullptr) SendWrapped(connection);
    if (!connection.sending && !HasOutput(connection)) return BeginLinger(connection);
  }
  if (connection.in_flight()) return;
  if (connection.phase == Phase::kEnding) ended_.push_back(connection.id);
  if (connection.leaving) to_leave_.push_back(connection.id);
}

// An id may stand there twice.

void Connections::ReleaseEnded() {
  for (const ConnectionId id : ended_) {
    Connection* connection = table_.Find(id);
    if (connection == nullptr) continue;
    ports_.Get(broker_.Find(id)->port()).load->Leave();
    table_.Remove(*connection);
    broker_.Release(id);
  }
  ended_.clear();
}

// -- Time.

void Connections::CheckTime() {
  CheckStalls();
  CheckUnread();
  while (const ConnectionId id = flushing_.PopDue(now_)) {
    Connection* connection = table_.Find(id);
    if (connection != nullptr && connection->phase == Phase::kFlushing) CutOff(*connection, {});
  }
  while (const ConnectionId id = lingering_.PopDue(now_)) {
    Connection* connection = table_.Find(id);
    if (connection != nullptr && connection->phase == Phase::kLingering) End(*connection);
  }
  while (const ConnectionId id = ending_.PopDue(now_)) {
    Connection* connection = table_.Find(id);
    if (connection == nullptr || connection->phase != Phase::kEnding) continue;
    io_uring_sqe* sqe = ring_.NextSqe();
    io_uring_prep_cancel_fd(sqe, connection->socket.fd(), IORING_ASYNC_CANCEL_ALL);
    io_uring_sqe_set_data64(sqe, OpTag::For(Op::kCancelAll, id).Pack());
    ring_.Submit();
    ending_.Push(id, now_);
  }
}

// A send in flight is looked at every half of send_stall_s; the first look sees how much the peer
// has confirmed. If that is the same twice in a row, not one byte was taken for as long as the
// limit says.
void Connections::CheckStalls() {
  const Duration stall_check = StallCheck();
  for (Connection* connection = sends_.Front();
       connection != nullptr && connection->checked + stall_check <= now_;
       connection = sends_.Front()) {
    const std::optional<uint64_t> confirmed = connection->socket.BytesConfirmed();
    const bool idle = connection->checks > 0 && confirmed.value_or(0) == connection->confirmed;
    connection->checks = static_cast<uint8_t>(idle ? connection->checks + 1 : 1);
    connection->confirmed = confirmed.value_or(0);
    connection->checked = now_;
    sends_.Remove(*connection);
    sends_.PushBack(*connection);
    if (connection->checks < 3 || connection->phase > Phase::kFlushing) continue;
    ++counters_.send_stalls;
    CutOff(*connection, "it has taken not one byte of its output for too long");
  }
}

void Connections::Watch(Connection& connection) {
  if (connection.unread) return;
  connection.unread = true;
  connection.finished = 0;
  unread_.Push(connection.id, now_);
}

// Nobody hears of the end of a connection that is not received from, and its Will would wait. A
// reset counts at once. What a peer sent before it finished is still to be read, for some time.
void Connections::CheckUnread() {
  constexpr uint8_t kPatience = 10;  // Looks.
  while (const ConnectionId id = unread_.PopDue(now_)) {
    Connection* connection = table_.Find(id);
    if (connection == nullptr) continue;
    connection->unread = false;
    if (connection->phase != Phase::kOpen || connection->leaving || WantsReceive(*connection)) {
      continue;
    }
    const Socket::Peer peer = connection->socket.LookAtPeer();
    const uint8_t finished = peer == Socket::Peer::kFinished
                                 ? static_cast<uint8_t>(connection->finished + 1)
                                 : uint8_t{0};
    if (peer == Socket::Peer::kGone) {
      OnReceiveEnd(*connection, ECONNRESET);
    } else if (finished == kPatience) {
      OnReceiveEnd(*connection, 0);
    } else {
      Watch(*connection);
      connection->finished = finished;
    }
  }
}

Instant Connections::NextDeadline() const {
  if (!starved_.empty() || !handshakes_.empty()) return now_;
  Instant next = std::min({flushing_.NextDeadline(), lingering_.NextDeadline(),
                           ending_.NextDeadline(), unread_.NextDeadline()});
  if (const Connection* oldest = sends_.Front()) {
    next = std::min(next, oldest->checked + StallCheck());
  }
  return next;
}

}  // namespace signet
