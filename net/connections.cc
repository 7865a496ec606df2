// Bytes in and out; connections_effects.cc has the rest.
#include "net/connections.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "net/socket_address.h"

namespace signet {
namespace {

// Of one send. A larger one gains nothing, and holds up what is more urgent behind it.
constexpr size_t kMaxSendBytes = 256 * 1024;

// What an unproven client may make us keep is bounded by this and Limits::connect_bytes.
constexpr unsigned kFirstReceiveBytes = 2048;

// How long the last words of a closed client may take, and how long its peer may go on sending
// after them.
constexpr Duration kFlushTime = seconds(5);
constexpr Duration kLingerTime = milliseconds(500);
// After which operations that should have ended are cancelled.
constexpr Duration kEndTime = seconds(1);
// How often a peer is looked at whom the broker does not want to read.
constexpr Duration kUnreadTime = seconds(1);

// An operation did not happen, and not for want of anything: the kernel has given it up. It may do
// so by itself, or because of a cancel by descriptor that it took late, when the descriptor was
// another's. It is simply done again.
bool WasGivenUp(int error) { return error == ECANCELED || error == EINTR || error == EAGAIN; }

// What is re-armed in one turn may take all buffers, but not much more.
size_t StarvedPerTurn(const BufferRing& buffers, uint32_t receive_cap) {
  return buffers.size_bytes() / (receive_cap != 0 ? receive_cap : 16 * 1024);
}

}  // namespace

Connections::Connections(Ring* ring, BufferRing* buffers, ShardBroker* broker, const Limits* limits,
                         Options options, NetCounters* counters)
    : ring_(*ring),
      buffers_(*buffers),
      broker_(*broker),
      options_(options),
      counters_(*counters),
      sends_(&table_),
      stall_check_(Duration(seconds(limits->send_stall_s)) / 2),
      flushing_(kFlushTime),
      lingering_(kLingerTime),
      ending_(kEndTime),
      unread_(kUnreadTime) {}

void Connections::BeginTurn(Instant now) {
  now_ = now;
  if (ring_.AllTaken()) vectored_.Clear();
}

void Connections::Open(PortId port, Socket socket) {
  const ConnectionId id = broker_.Open(port, SocketAddress::OfPeer(socket.fd()).ToText());
  if (!id) {
    ++counters_.accepts_refused;
    return;
  }
  Arm(table_.Add(id, std::move(socket)));
}

void Connections::Adopt(HandOver hand_over) {
  Socket socket = std::move(static_cast<SocketParcel&>(*hand_over.parcel).socket);
  const ConnectionId id = broker_.Adopt(std::move(hand_over));
  if (!id) return;
  ++counters_.hand_overs;
  table_.Add(id, std::move(socket));
  to_arm_.push_back(id);
}

// -- Receiving.

bool Connections::WantsReceive(const Connection& connection) {
  if (connection.phase == Phase::kLingering) return true;
  return connection.phase == Phase::kOpen && !connection.leaving &&
         broker_.Find(connection.id)->wants_input();
}

// One receive at a time until the client is connected and at home: what is handed over has nothing
// in flight then. After that one that goes on by itself.
void Connections::Arm(Connection& connection) {
  if (connection.receiving || !WantsReceive(connection)) return;
  connection.receiving = true;
  connection.cancelling = false;
  connection.multishot = broker_.Find(connection.id)->state() == Client::State::kConnected;
  io_uring_sqe* sqe = ring_.NextSqe();
  io_uring_prep_recv(sqe, connection.socket.fd(), nullptr,
                     connection.multishot ? options_.receive_cap : kFirstReceiveBytes, 0);
  if (connection.multishot) sqe->ioprio |= IORING_RECV_MULTISHOT;
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = buffers_.group();
  io_uring_sqe_set_data64(sqe, OpTag::For(Op::kReceive, connection.id).Pack());
}

void Connections::OnReceive(const Completion& completion) {
  const BufferLease lease = buffers_.Lease(completion);
  Connection* connection = table_.Find(completion.tag().connection());
  if (connection == nullptr) return;
  const int32_t result = completion.result();
  if (!completion.more()) {
    connection->receiving = false;
    if (result == -ENOBUFS) {
      ++counters_.receives_starved;  // Our shortage, not the peer's fault.
      starved_.Push(connection->id);
    } else {
      to_arm_.push_back(connection->id);
    }
  }
  if (result > 0) {
    PassOn(*connection, lease.bytes());
  } else if (result != -ENOBUFS && !WasGivenUp(-result)) {
    OnReceiveEnd(*connection, -result);
  }
  if (!completion.more()) OnOperationEnd(*connection);
}

void Connections::PassOn(Connection& connection, ByteView bytes) {
  ++counters_.receives;
  counters_.bytes_received += bytes.size();
  if (connection.phase != Phase::kOpen) return;
  broker_.Receive(connection.id, bytes);
  // A receive that should have been cancelled, and was missed.
  if (!WantsReceive(connection)) StopReceiving(connection);
}

void Connections::OnReceiveEnd(Connection& connection, int error) {
  connection.peer_done = true;
  switch (connection.phase) {
    case Phase::kOpen:
    case Phase::kFlushing:
      if (error == 0) return broker_.Closed(connection.id, "the peer closed the connection");
      ++counters_.resets;
      return CutOff(connection, std::generic_category().message(error));
    case Phase::kLingering:
      return End(connection);
    case Phase::kEnding:
    case Phase::kFree:
      return;
  }
}

// A ring without free buffers ends receives. They are not tried again before buffers have come
// back, and then only as many as there are buffers for. At the end of a turn all buffers are back,
// so that some of them succeed each time, and trying again at once is no busy loop.
void Connections::RearmStarved() {
  size_t left = StarvedPerTurn(buffers_, options_.receive_cap);
  for (; left > 0 && !starved_.empty(); --left) {
    if (Connection* connection = table_.Find(starved_.Pop())) Arm(*connection);
  }
}

// -- Sending.

void Connections::StartSend(Connection& connection, OutputQueue& output) {
  DCHECK(!connection.sending && !output.empty());
  const size_t size = std::min(output.size(), kMaxSendBytes);
  const int fd = connection.socket.fd();
  constexpr int kFlags = MSG_NOSIGNAL | MSG_WAITALL;
  io_uring_sqe* sqe = ring_.NextSqe();
  ByteView first;
  output.Gather({&first, 1}, size);
  if (first.size() == size) {
    io_uring_prep_send(sqe, fd, first.data(), first.size(), kFlags);
  } else {
    std::array<ByteView, VectoredSends::kMaxPieces> pieces;
    const size_t used = output.Gather(pieces, size);
    const msghdr* header = vectored_.Add({pieces.data(), used});
    io_uring_prep_sendmsg(sqe, fd, header, unsigned{kFlags});
  }
  io_uring_sqe_set_data64(sqe, OpTag::For(Op::kSend, connection.id).Pack());
  connection.sending = true;
  connection.checked = now_;
  connection.checks = 0;
  sends_.PushBack(connection);
}

// What is left, or has been added since, goes out at the end of this turn.
void Connections::SendRest(const Connection& connection) {
  Client& client = *broker_.Find(connection.id);
  if (!client.output().empty()) client.NoteOutput();
}

void Connections::OnSend(const Completion& completion) {
  Connection* connection = table_.Find(completion.tag().connection());
  if (connection == nullptr) return;
  connection->sending = false;
  sends_.Remove(*connection);
  if (completion.result() > 0) {
    const auto size = static_cast<size_t>(completion.result());
    ++counters_.sends;
    counters_.bytes_sent += size;
    broker_.OutputSent(connection->id, size);
    SendRest(*connection);
  } else if (WasGivenUp(-completion.result())) {
    SendRest(*connection);
  } else if (connection->phase < Phase::kLingering) {
    // Also where the kernel had no memory for it, as for a receive: the end of a client gives some
    // back, and its Session outlives it, whereas to try again after a pause would hold on to it.
    ++counters_.resets;
    CutOff(*connection, std::generic_category().message(-completion.result()));
  }
  OnOperationEnd(*connection);
}

}  // namespace signet
