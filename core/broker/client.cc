#include "core/broker/client.h"

#include <algorithm>

#include "core/broker/shard_broker.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/ping.h"
#include "fmt/format.h"

namespace signet {
namespace {

// What CONNECT begins with: "MQTT" behind its length, and the version.
constexpr uint32_t kUntilVersion = 2 + 4 + 1;

}  // namespace

Client::Client(ConnectionId connection_id, ShardBroker* broker, PortId port, std::string peer,
               Origin origin, std::unique_ptr<Proof> proof)
    : id_(connection_id),
      broker_(*broker),
      port_(port),
      maximum_packet_size_(kMaxPacketSize),
      output_(&broker->context_.pool),
      last_packet_(broker->context_.now),
      timer_(static_cast<uint8_t>(TimerKind::kClient), this),
      peer_(std::move(peer)),
      origin_(origin),
      proof_(std::move(proof)) {
  ArmTimer();
}

const Promise& Client::promise() const { return broker_.promises_.Get(promise_); }

void Client::AwaitHandshake() {
  handshaking_ = true;
  ArmTimer();
}

void Client::HandshakeDone(SharedChain chain) {
  if (!handshaking_ || state_ == State::kClosed) return;
  handshaking_ = false;
  if (chain != nullptr) proof().chain = std::move(chain);
  last_packet_ = broker_.context_.now;
  ArmTimer();
}

void Client::Receive(ByteView bytes) {
  if (state_ == State::kClosed) return;
  if (wants_input() && unread_.empty()) {
    HandlePackets(bytes);
  } else {
    unread_.insert(unread_.end(), bytes.begin(), bytes.end());
  }
}

void Client::HandlePackets(ByteView bytes) {
  const Limits& limits = broker_.context_.limits;
  while (true) {
    const bool is_first = state_ == State::kNew && assembler_.held_bytes() == 0 && !bytes.empty();
    const uint8_t first_byte = is_first ? bytes.front() : 0;
    Packet packet;
    const PacketAssembler::Step step = assembler_.Next(MostPacketBytes(), &bytes, &packet);
    if (step == PacketAssembler::Step::kNeedMore) return CheckUnfinished();
    if (step == PacketAssembler::Step::kMalformed && is_first) return RefuseFirstByte(first_byte);
    if (step != PacketAssembler::Step::kPacket) {
      RefusePacket(step, packet.header);
      if (state_ != State::kTooLarge) return;
      continue;
    }
    HandlePacket(packet);
    if (state_ == State::kClosed) return assembler_.Clear();
    if (output_.size() > limits.output_hard_bytes) PauseInput(Pause::kOutput);
    if (!wants_input()) {
      unread_.assign(bytes.begin(), bytes.end());
      return;
    }
  }
}

size_t Client::MostPacketBytes() const {
  const size_t of_connect = broker_.context_.limits.connect_bytes;
  if (state_ == State::kNew) return of_connect;
  if (state_ != State::kAuthenticating) return promise().maximum_packet_size;
  // CONNECT is kept until it is answered.
  return std::max(of_connect, connect_.size() + kFirstAuthBytes) - connect_.size();
}

// A large packet that is not complete is memory that only its sender can free.
void Client::CheckUnfinished() {
  if (assembler_.held_bytes() > PacketAssembler::kLarge &&
      broker_.context_.memory == ShardContext::Memory::kExhausted) {
    GiveUpUnfinished();
  }
}

void Client::GiveUpUnfinished() {
  Disconnect(ReasonCode::kQuotaExceeded, "no memory for a packet of this size");
  assembler_.Clear();
}

void Client::HandlePacket(const Packet& packet) {
  ++broker_.context_.counters.packets_received;
  last_packet_ = broker_.context_.now;
  if (state_ == State::kTooLarge) return RefuseLargeConnect(packet.body);
  if (state_ == State::kAuthenticating) return OnFirstAuth(packet);
  if (state_ != State::kNew) return HandleConnected(packet);
  if (packet.header.type != PacketType::kConnect) return RefuseFirstPacket(packet.header.type);
  OnConnect(packet);
}

void Client::RefuseFirstPacket(PacketType type) {  // [MQTT-3.1.0-1]
  Refuse(ReasonCode::kProtocolError,
         fmt::format("the first packet is {}, not CONNECT", Name(type)));
}

// Who has mistaken the port sees it in the log.
void Client::RefuseFirstByte(uint8_t byte) {
  constexpr uint8_t kTlsHandshake = 0x16;
  std::string_view what = "a fixed header that cannot be";
  if (byte == kTlsHandshake) what = "it speaks TLS, but this port has none";
  if (byte == 'G') what = "it speaks HTTP, but this port takes MQTT without WebSocket";  // GET.
  Refuse(ReasonCode::kMalformedPacket, what);
}

void Client::HandleConnected(const Packet& packet) {
  if (is_v5() && !packet.header.minimal_length) {  // [MQTT-1.5.5-1]
    return Refuse(ReasonCode::kMalformedPacket, "a Remaining Length longer than it needs to be");
  }
  switch (packet.header.type) {
    case PacketType::kPublish:
      return OnPublish(packet);
    case PacketType::kPuback:
      return OnPuback(packet);
    case PacketType::kPubrec:
      return OnPubrec(packet);
    case PacketType::kPubrel:
      return OnPubrel(packet);
    case PacketType::kPubcomp:
      return OnPubcomp(packet);
    case PacketType::kSubscribe:
      return OnSubscribe(packet);
    case PacketType::kUnsubscribe:
      return OnUnsubscribe(packet);
    case PacketType::kPingreq:
      if (!packet.body.empty()) return Refuse(ReasonCode::kMalformedPacket, "PINGREQ with a body");
      output_.Append(kPingrespBytes);  // [MQTT-3.12.4-1]
      return NoteOutput();
    case PacketType::kDisconnect:
      return OnDisconnect(packet);
    case PacketType::kAuth:
      return OnAuth(packet);
    case PacketType::kConnect:  // [MQTT-3.1.0-2]
      return Refuse(ReasonCode::kProtocolError, "a second CONNECT");
    case PacketType::kConnack:
    case PacketType::kSuback:
    case PacketType::kUnsuback:
    case PacketType::kPingresp:
      return Refuse(ReasonCode::kProtocolError,
                    fmt::format("{}, which only a Server sends", Name(packet.header.type)));
  }
  UNREACHABLE();
}

void Client::RefusePacket(PacketAssembler::Step step, const FixedHeader& header) {
  if (step == PacketAssembler::Step::kMalformed) {
    return Refuse(ReasonCode::kMalformedPacket, "a fixed header that cannot be");
  }
  if (step == PacketAssembler::Step::kNoMemory) {
    return GiveUpUnfinished();
  }
  if (state_ != State::kNew) {  // [MQTT-3.2.2-15]
    return Refuse(ReasonCode::kPacketTooLarge, "a packet larger than Maximum Packet Size");
  }
  if (header.type != PacketType::kConnect) return RefuseFirstPacket(header.type);
  state_ = State::kTooLarge;
  assembler_.TakeBeginning(header, kUntilVersion);
}

void Client::Refuse(ReasonCode code, std::string_view what) {
  if (state_ == State::kClosed) return;
  ++broker_.context_.counters.packets_malformed;
  broker_.LogBadInput(*this, code, what);
  SendDisconnect(code, what);
  EnterClosed(/*with_will=*/true);  // Without the line of an ordinary end, which has no limit.
}

void Client::Disconnect(ReasonCode code, std::string_view why, bool with_will) {
  if (state_ == State::kClosed) return;
  SendDisconnect(code, why);
  broker_.LogClosed(*this, why);
  EnterClosed(with_will);
}

void Client::SendDisconnect(ReasonCode code, std::string_view why) {
  if (state_ != State::kConnected || !is_v5()) return;
  PropertyBuffer properties;
  properties.AddText(PropertyId::kReasonString, why);
  DisconnectView disconnect{.reason_code = code};
  disconnect.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeDisconnect(disconnect, version_, &bytes);
  if (bytes.size() > maximum_packet_size_) {  // [MQTT-3.14.2-3]
    bytes.clear();
    EncodeDisconnect({.reason_code = code}, version_, &bytes);
  }
  Send(bytes);
}

void Client::Close(std::string_view why) {
  if (state_ == State::kClosed) return;
  broker_.LogClosed(*this, why);
  EnterClosed(/*with_will=*/true);
}

void Client::EnterClosed(bool with_will) {
  state_ = State::kClosed;
  timer_.Cancel();
  unread_ = {};
  connect_.Wipe();
  acks_ = {};
  DropExchange();
  ReturnGrant();
  broker_.context_.effects.close.push_back(id_);
  if (session_ == nullptr) return;
  Session* session = std::exchange(session_, nullptr);
  SharedAuthor author;
  if ((with_will && session->will != nullptr) || broker_.authority_.Governs(port_)) {
    author = AuthorOf(*session);
  }
  broker_.keeper_.Detach(*session, with_will, session_expiry_s_, std::move(author));
}

void Client::Depart() {
  state_ = State::kClosed;
  timer_.Cancel();
  unread_ = {};
  connect_.Wipe();
}

void Client::PauseInput(Pause reason) {
  if ((pauses_ & static_cast<uint8_t>(reason)) != 0) return;
  if (pauses_ == 0) broker_.context_.effects.input.push_back(id_);
  pauses_ |= static_cast<uint8_t>(reason);
  ++broker_.context_.counters.input_paused;
}

void Client::HoldBack() {
  ++holds_;
  UpdateBrake();
}

void Client::LetGo() {
  --holds_;
  UpdateBrake();
}

void Client::UpdateBrake() {
  if (session_ == nullptr) return;  // Closed.
  if (holds_ > 0 && session_->pace != Session::Pace::kBehind) {
    PauseInput(Pause::kBrake);
  } else {
    ResumeInput(Pause::kBrake);
  }
}

// Reading goes on at the end of the turn: whoever resumes is in the middle of something.
void Client::ResumeInput(Pause reason) {
  if ((pauses_ & static_cast<uint8_t>(reason)) == 0) return;
  pauses_ &= static_cast<uint8_t>(~static_cast<uint8_t>(reason));
  if (pauses_ == 0) broker_.resumed_.push_back(id_);
}

void Client::ReadOn() {
  if (!wants_input()) return;
  const std::vector<uint8_t> unread = std::exchange(unread_, {});
  HandlePackets(unread);
  if (wants_input()) broker_.context_.effects.input.push_back(id_);
}

void Client::NoteFirstOutput() {
  output_noted_ = true;
  broker_.context_.effects.output.push_back(id_);
}

void Client::Send(const PacketBytes& bytes) {
  output_.Append(bytes);
  NoteOutput();
}

void Client::OutputSent(size_t size) {
  output_.Consume(size);
  held_up_ = false;
  if (output_.size() < broker_.context_.limits.output_soft_bytes) {
    ResumeInput(Pause::kOutput);
    if (session_ != nullptr) broker_.Pump(*session_);
  }
}

void Client::ArmTimer() {
  TimerWheel& wheel = broker_.context_.wheel;
  if (state_ == State::kAuthenticating && exchange_ == Exchange::kAsking) {
    wheel.Set(timer_, last_packet_ + kVerdictPatience);
  } else if (state_ != State::kConnected) {
    const PortAccess& access = broker_.access(port_);
    const uint32_t of_port = handshaking_ ? access.handshake_timeout_s : access.connect_timeout_s;
    const uint64_t limit = broker_.context_.limits.connect_timeout_s;
    wheel.Set(timer_, last_packet_ + seconds(of_port != 0 ? of_port : limit));
  } else if (keep_alive_s_ != 0) {  // [MQTT-3.1.2-22]
    wheel.Set(timer_, last_packet_ + milliseconds(1500) * keep_alive_s_);
  } else {
    timer_.Cancel();
  }
}

// The timer is not moved by each packet but looks, when it fires, how long the last one is ago.
void Client::OnTimer() {
  const Instant now = broker_.context_.now;
  if (state_ != State::kConnected) {
    const std::string_view why = state_ == State::kAuthenticating ? "not authenticated in time"
                                 : handshaking_ ? "no end of its handshake in time"
                                                : "no CONNECT in time";
    broker_.LogGivenUp(*this, why);
    return Close(why);
  }
  // Silence that we asked for is not the client's.
  if (!wants_input()) last_packet_ = now;
  if (last_packet_ + milliseconds(1500) * keep_alive_s_ > now) return ArmTimer();
  Disconnect(ReasonCode::kKeepAliveTimeout, "no packet for one and a half times Keep Alive");
}

}  // namespace signet
