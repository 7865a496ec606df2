// Bytes in and out; connections_effects.cc has the rest.
#include "net/connections.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "fmt/format.h"
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

Connections::Connections(const Setup& setup, Options options)
    : ring_(*setup.ring),
      buffers_(*setup.buffers),
      broker_(*setup.broker),
      ports_(*setup.ports),
      limits_(*setup.limits),
      log_(*setup.log),
      options_(options),
      counters_(*setup.counters),
      sends_(&table_),
      flushing_(kFlushTime),
      lingering_(kLingerTime),
      ending_(kEndTime),
      unread_(kUnreadTime) {}

void Connections::BeginTurn(Instant now) {
  now_ = now;
  if (ring_.AllTaken()) vectored_.Clear();
  ContinueHandshakes();
}

void Connections::Open(PortId port_id, Socket socket) {
  const Port& port = ports_.Get(port_id);
  const PortSettings& settings = port.settings;
  const SocketAddress address = SocketAddress::OfPeer(socket.fd());
  const std::string peer = settings.address.is_path() ? "local" : address.ToText();
  if (!Admits(port, address, peer)) return;
  std::unique_ptr<Transport> transport;
  if (settings.make_transport) transport = settings.make_transport();
  const bool is_wrapped = transport != nullptr || settings.proxy != nullptr;
  const ConnectionId id = broker_.Open(
      port_id, peer,
      is_wrapped ? ShardBroker::Beginning::kHandshake : ShardBroker::Beginning::kConnect);
  if (!id) {
    port.load->Leave();
    return LogRefused(port, peer, "the limit `connections` is reached");
  }
  Connection& connection = table_.Add(id, std::move(socket));
  connection.local = settings.address.is_path();
  if (is_wrapped) Wrap(connection, std::move(transport));
  if (settings.proxy != nullptr) {
    connection.wrapping->proxy = std::make_unique<ProxyHeaderReader>(settings.proxy->versions);
  }
  Arm(connection);
}

bool Connections::Admits(const Port& port, const SocketAddress& address, std::string_view peer) {
  const ProxyRule* const proxy = port.settings.proxy.get();
  if (proxy != nullptr && !port.settings.address.is_path() && !proxy->trusted.Contains(address)) {
    LogRefused(port, peer, "it is in none of the port's trustedNetworks");
    return false;
  }
  switch (port.load->Enter(port.settings, now_)) {
    case PortLoad::Admission::kAdmitted:
      return true;
    case PortLoad::Admission::kTooMany:
      LogRefused(port, peer, "the port has its maxConnections");
      return false;
    case PortLoad::Admission::kTooFast:
      LogRefused(port, peer, "more connections than the port's connectionRate");
      return false;
  }
  UNREACHABLE();
}

void Connections::LogRefused(const Port& port, std::string_view peer, std::string_view why) {
  ++counters_.accepts_refused;
  if (!refusal_log_.Allow(now_)) return;
  log_.Write(LogLevel::kWarning, "connection refused",
             {{"port", port.settings.name},
              {"peer", peer},
              {"why", why},
              {"not_logged_before", fmt::format("{}", refusal_log_.TakeSuppressed())}});
}

void Connections::Adopt(HandOver hand_over) {
  const PortId port_id = hand_over.port;
  auto& parcel = static_cast<SocketParcel&>(*hand_over.parcel);
  Socket socket = std::move(parcel.socket);
  std::unique_ptr<Transport> transport = std::move(parcel.transport);
  const ConnectionId id = broker_.Adopt(std::move(hand_over));
  if (!id) return ports_.Get(port_id).load->Leave();
  ++counters_.hand_overs;
  Connection& connection = table_.Add(id, std::move(socket));
  connection.local = ports_.Get(port_id).settings.address.is_path();
  if (transport != nullptr) Wrap(connection, std::move(transport));
  to_arm_.push_back(id);
}

// -- Receiving.

bool Connections::WantsReceive(const Connection& connection) {
  if (connection.phase == Phase::kLingering) return true;
  return connection.phase == Phase::kOpen && !connection.leaving &&
         (connection.wrapping == nullptr || WantsMore(*connection.wrapping)) &&
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

void Connections::PassOn(Connection& connection, MutableBytes bytes) {
  ++counters_.receives;
  counters_.bytes_received += bytes.size();
  if (connection.phase != Phase::kOpen) return;
  if (connection.wrapping == nullptr) {
    broker_.Receive(connection.id, bytes);
  } else {
    Unwrap(connection, bytes);
  }
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
  // The kernel does not say how much of a UNIX socket's output was taken: there each piece that is
  // has to complete a send, for CheckStalls().
  const unsigned flags = MSG_NOSIGNAL | (connection.local ? 0u : unsigned{MSG_WAITALL});
  io_uring_sqe* sqe = ring_.NextSqe();
  ByteView first;
  output.Gather({&first, 1}, size);
  if (first.size() == size) {
    io_uring_prep_send(sqe, fd, first.data(), first.size(), static_cast<int>(flags));
  } else {
    std::array<ByteView, VectoredSends::kMaxPieces> pieces;
    const size_t used = output.Gather(pieces, size);
    const msghdr* header = vectored_.Add({pieces.data(), used});
    io_uring_prep_sendmsg(sqe, fd, header, flags);
  }
  io_uring_sqe_set_data64(sqe, OpTag::For(Op::kSend, connection.id).Pack());
  connection.sending = true;
  connection.checked = now_;
  connection.checks = 0;
  sends_.PushBack(connection);
}

// What is left, or has been added since, goes out at the end of this turn.
void Connections::SendRest(Connection& connection) {
  Client& client = *broker_.Find(connection.id);
  if (HasOutput(connection)) client.NoteOutput();
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
    if (connection->wrapping != nullptr) {
      connection->wrapping->wire.Consume(size);
      to_arm_.push_back(connection->id);      // If WantsMore() held it up.
      broker_.OutputSent(connection->id, 0);  // Its output was taken before, and may grow again.
    } else {
      broker_.OutputSent(connection->id, size);
    }
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
