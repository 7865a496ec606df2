// Connections with something between the socket and MQTT: see Transport.
#include <array>

#include "fmt/format.h"
#include "net/clock.h"
#include "net/connections.h"

namespace signet {
namespace {

// Handshakes cost a thousand times what a message does, and those with a large RSA key a hundred
// times more. Further ones wait for the next turn, so that a storm of them holds nobody else up for
// longer than the last of them takes.
constexpr int kHandshakeStepsPerTurn = 8;
constexpr Duration kHandshakeTimePerTurn = milliseconds(2);

class ToClient : public Transport::Sink {
 public:
  ToClient(ShardBroker* broker, ConnectionId id) : broker_(*broker), id_(id) {}
  void OnPlain(MutableBytes bytes) override { broker_.Receive(id_, bytes); }

 private:
  ShardBroker& broker_;
  const ConnectionId id_;
};

}  // namespace

void Connections::Wrap(Connection& connection, std::unique_ptr<Transport> transport) {
  connection.wrapping = std::make_unique<Wrapping>(std::move(transport), &broker_.pool());
}

void Connections::Unwrap(Connection& connection, MutableBytes bytes) {
  Wrapping& wrapping = *connection.wrapping;
  if (wrapping.handshaking()) {
    if (!MayShakeHands()) {
      wrapping.postponed.assign(bytes.begin(), bytes.end());
      handshakes_.Push(connection.id);
      return;
    }
    return Step(connection, bytes);
  }
  PassThrough(connection, bytes);
}

bool Connections::MayShakeHands() const {
  return handshake_steps_ < kHandshakeStepsPerTurn && handshake_time_ < kHandshakeTimePerTurn;
}

// The turn happens at one moment, but what a step costs is known only by the clock.
void Connections::Step(Connection& connection, MutableBytes bytes) {
  const Instant begin = ReadClock();
  PassThrough(connection, bytes);
  handshake_time_ += ReadClock() - begin;
  ++handshake_steps_;
}

void Connections::PassThrough(Connection& connection, MutableBytes bytes) {
  Wrapping& wrapping = *connection.wrapping;
  if (wrapping.broken) return;
  if (wrapping.proxy != nullptr) {
    if (const Status status = ReadProxyHeader(connection, &bytes); !status.ok()) {
      return OnBroken(connection, status.sentence());
    }
    if (wrapping.proxy != nullptr) return;
    if (wrapping.transport == nullptr) {
      connection.wrapping = nullptr;
      broker_.HandshakeDone(connection.id);
      return broker_.Receive(connection.id, bytes);
    }
    if (bytes.empty()) return;  // The header came alone: there is nothing for the Transport yet.
  }
  const bool was_handshaking = wrapping.handshaking();
  // Whatever the Transport finds behind the end of its handshake comes later than that.
  ToClient to_client(&broker_, connection.id);
  const Status status = wrapping.transport->Receive(bytes, to_client, &wrapping.wire);
  if (!wrapping.wire.empty()) to_send_.push_back(connection.id);
  if (!status.ok()) return OnBroken(connection, status.sentence());
  if (was_handshaking && !wrapping.handshaking()) {
    ++counters_.handshakes;
    broker_.HandshakeDone(connection.id, wrapping.transport->TakePeerChain());
  }
  if (wrapping.transport->state() == Transport::State::kEnded) {
    broker_.Closed(connection.id, "the peer closed the connection");
  }
}

Status Connections::ReadProxyHeader(Connection& connection, MutableBytes* bytes) {
  std::unique_ptr<ProxyHeaderReader>& proxy = connection.wrapping->proxy;
  const auto whole = proxy->Receive(bytes);
  if (!whole.ok()) return whole.error();
  if (!*whole) return Status::Ok();
  const SocketAddress& source = proxy->header().source;
  if (source.family() != AF_UNSPEC) {
    broker_.SetPeer(connection.id,
                    fmt::format("{} via {}", source.ToText(), broker_.Find(connection.id)->peer()));
  }
  proxy = nullptr;
  return Status::Ok();
}

void Connections::OnBroken(Connection& connection, std::string_view what) {
  if (connection.wrapping->handshaking()) ++counters_.handshakes_failed;
  connection.wrapping->broken = true;
  broker_.Broken(connection.id, what);
}

// Those whose turn has come.
void Connections::ContinueHandshakes() {
  handshake_steps_ = 0;
  handshake_time_ = {};
  while (MayShakeHands() && !handshakes_.empty()) {
    Connection* connection = table_.Find(handshakes_.Pop());
    if (connection == nullptr || connection->phase != Phase::kOpen) continue;
    std::vector<uint8_t> bytes = std::exchange(connection->wrapping->postponed, {});
    Step(*connection, bytes);
    to_arm_.push_back(connection->id);
  }
}

bool Connections::HasOutput(Connection& connection) {
  if (connection.wrapping != nullptr && !connection.wrapping->wire.empty()) return true;
  return !broker_.Find(connection.id)->output().empty();
}

// Output of its Client is wrapped only when it can be sent, so that the Client's limits on output
// see it until then.
void Connections::SendWrapped(Connection& connection) {
  Wrapping& wrapping = *connection.wrapping;
  OutputQueue& plain = broker_.Find(connection.id)->output();
  if (connection.sending) {
    if (!plain.empty()) broker_.OutputHeldUp(connection.id);
    return;
  }
  if (wrapping.broken || wrapping.handshaking()) plain.Clear();
  while (!plain.empty() && wrapping.wire.size() < Wrapping::kMaxWireBytes) {
    std::array<ByteView, VectoredSends::kMaxPieces> pieces;
    const size_t used = plain.Gather(pieces, Wrapping::kMaxWireBytes - wrapping.wire.size());
    size_t size = 0;
    for (size_t i = 0; i < used; ++i) size += pieces[i].size();
    wrapping.transport->Send({pieces.data(), used}, &wrapping.wire);
    plain.Consume(size);
  }
  if (connection.phase == Phase::kFlushing && plain.empty() && !wrapping.said_goodbye) {
    wrapping.said_goodbye = true;
    if (!wrapping.broken && !wrapping.handshaking()) wrapping.transport->Close(&wrapping.wire);
  }
  if (!wrapping.wire.empty()) StartSend(connection, wrapping.wire);
}

}  // namespace signet
