// CONNECT (MQTT 5, 3.1), its answer, and DISCONNECT. Authentication and the right to connect come
// before anything is done to the Session of that name: a client that is refused takes nobody's
// place.
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/connack.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/topic_name.h"
#include "core/mqtt/travelling_properties.h"

namespace signet {
namespace {

// Whether a topic built from `client_id` is one level of text and nothing else.
bool IsPlainLevel(std::string_view client_id) {
  return client_id.find_first_of("+#/") == std::string_view::npos;
}

// Whether a CONNECT that is refused with `code` is one at all.
bool Conforms(ReasonCode code) {
  return code != ReasonCode::kMalformedPacket && code != ReasonCode::kProtocolError &&
         code != ReasonCode::kPacketTooLarge && code != ReasonCode::kTopicNameInvalid;
}

}  // namespace

void Client::OnConnect(const Packet& packet) {
  // One that was split stands in a buffer already, and has it for itself.
  connect_ = packet.storage != nullptr ? *packet.storage : SharedBuffer::CopyOf(packet.body);
  ConnectView connect;
  ReasonCode code =
      DecodeConnect(ByteReader(connect_.bytes()),
                    static_cast<uint32_t>(broker_.context_.limits.user_properties), &connect);
  version_ = connect.version;
  if (connect.properties.Has(PropertyId::kMaximumPacketSize)) {
    maximum_packet_size_ = std::min(connect.properties.maximum_packet_size, kMaxPacketSize);
  }
  if (code == ReasonCode::kSuccess && is_v5() && !packet.header.minimal_length) {
    code = ReasonCode::kMalformedPacket;  // [MQTT-1.5.5-1]
  }
  if (code == ReasonCode::kSuccess) code = CheckConnect(connect);
  if (code != ReasonCode::kSuccess) return RefuseConnect(code, Name(code));
  if (proven_) return ComeHome(connect);
  Authenticate(connect);
}

ReasonCode Client::CheckConnect(const ConnectView& connect) const {
  const Limits& limits = broker_.context_.limits;
  if (broker_.is_draining()) return ReasonCode::kServerUnavailable;
  if (connect.client_id.size() > limits.client_id_bytes) {
    return ReasonCode::kClientIdentifierNotValid;
  }
  if (connect.client_id.empty() && !is_v5() && !connect.clean_start) {
    return ReasonCode::kClientIdentifierNotValid;  // MQTT 3.1.1: [MQTT-3.1.3-8]
  }
  if (connect.will.has_value() && !broker_.IsTopicWithinLimits(connect.will->topic_name)) {
    return ReasonCode::kTopicNameInvalid;
  }
  return ReasonCode::kSuccess;
}

void Client::Authenticate(const ConnectView& connect) {
  Authenticator* authenticator = broker_.access(port_).authenticator;
  const bool enhanced = connect.properties.Has(PropertyId::kAuthenticationMethod);
  if (authenticator == nullptr) {
    if (enhanced) {  // [MQTT-4.12.0-1]
      return RefuseConnect(ReasonCode::kBadAuthenticationMethod,
                           "this port has no authentication method of that name");
    }
    return Admit(connect);
  }
  AuthRequest request{.version = version_,
                      .client_id = connect.client_id,
                      .claimed_username = connect.claimed_username,
                      .password = connect.password,
                      .authentication_data = connect.properties.authentication_data};
  if (enhanced) request.authentication_method = connect.properties.authentication_method;
  state_ = State::kAuthenticating;
  PauseInput(Pause::kAuthentication);
  authenticator->Authenticate(request,
                              [&broker = broker_, id = id_](Authenticator::Outcome outcome) {
                                Client* client = broker.Find(id);
                                if (client != nullptr) client->OnAuthenticated(std::move(outcome));
                              });
}

void Client::OnAuthenticated(Authenticator::Outcome outcome) {
  if (state_ != State::kAuthenticating) return;  // It went away meanwhile.
  ConnectView connect;
  CHECK(DecodeConnect(ByteReader(connect_.bytes()),
                      static_cast<uint32_t>(broker_.context_.limits.user_properties),
                      &connect) == ReasonCode::kSuccess);
  if (auto* authenticated = std::get_if<Authenticated>(&outcome)) {
    principal_ = std::make_unique<Principal>(std::move(authenticated->principal));
    return Admit(connect);
  }
  if (const auto* rejected = std::get_if<Rejected>(&outcome)) {
    return RefuseConnect(rejected->reason_code, rejected->reason);
  }
  RefuseConnect(ReasonCode::kBadAuthenticationMethod, "the method needs more than one step");
}

void Client::Admit(const ConnectView& connect) {
  Authorizer* authorizer = broker_.access(port_).authorizer;
  if (authorizer != nullptr &&
      !authorizer->Allows(principal(), connect.client_id, Action::kConnect, {})) {
    return RefuseConnect(ReasonCode::kNotAuthorized, "may not connect");
  }
  // Without a name of its own it gets one that is at home here.
  if (connect.client_id.empty() ||
      broker_.context_.HomeOf(connect.client_id) == broker_.context_.self) {
    return ComeHome(connect);
  }
  state_ = State::kLeaving;
  PauseInput(Pause::kLeaving);
  broker_.context_.effects.hand_over.push_back(id_);
}

void Client::ComeHome(const ConnectView& connect) {
  const bool assigned = connect.client_id.empty();
  const std::string client_id = assigned ? broker_.MakeClientId() : std::string(connect.client_id);
  Authorizer* authorizer = broker_.access(port_).authorizer;
  if (authorizer != nullptr && connect.will.has_value() &&
      !authorizer->Allows(principal(), client_id, Action::kPublish, connect.will->topic_name)) {
    return RefuseConnect(ReasonCode::kNotAuthorized, "may not publish its Will");
  }
  // A Session that exists already gives memory back once its client is there.
  if (broker_.context_.memory == ShardContext::Memory::kExhausted &&
      broker_.sessions_.Find(client_id) == nullptr) {
    return RefuseConnect(ReasonCode::kServerBusy, "memory is exhausted");
  }
  broker_.TakeOver(client_id);
  const SessionKeeper::Attached attached = broker_.keeper_.Attach(client_id, connect.clean_start);
  if (attached.session == nullptr) {
    return RefuseConnect(ReasonCode::kQuotaExceeded, "there are too many Sessions");
  }
  state_ = State::kConnected;
  session_ = attached.session;
  session_->client = this;
  ApplyConnect(connect);
  broker_.LogConnected(*this, attached.present);
  SendConnack(connect, attached.present, assigned);
  if (state_ == State::kClosed) return;
  connect_ = {};
  ArmTimer();
  ResumeInput(Pause::kAuthentication);
  broker_.Pump(*session_);
}

void Client::ApplyConnect(const ConnectView& connect) {
  const Limits& limits = broker_.context_.limits;
  const Properties& properties = connect.properties;
  const auto capped = [](uint32_t asked, uint64_t limit) {
    return static_cast<uint32_t>(std::min<uint64_t>(asked, limit));
  };
  keep_alive_s_ = connect.keep_alive_s;
  if (limits.server_keep_alive_s != 0) {
    keep_alive_s_ = static_cast<uint16_t>(limits.server_keep_alive_s);
  } else if (keep_alive_s_ > limits.keep_alive_s ||
             (keep_alive_s_ == 0 && limits.keep_alive_s < UINT16_MAX)) {
    keep_alive_s_ = static_cast<uint16_t>(limits.keep_alive_s);
  }
  if (is_v5()) {
    session_expiry_s_ = capped(properties.session_expiry_s, limits.session_expiry_s);
  } else {
    session_expiry_s_ = connect.clean_start ? 0 : capped(UINT32_MAX, limits.session_expiry_s);
  }
  receive_maximum_ =
      static_cast<uint16_t>(capped(properties.receive_maximum, limits.inflight_messages));
  const auto aliases =
      static_cast<uint16_t>(capped(properties.topic_alias_maximum, limits.topic_aliases_out));
  if (aliases > 0) outbound_aliases_ = std::make_unique<OutboundAliases>(aliases);
  request_problem_information_ = properties.request_problem_information;
  session_->will = MakeWill(connect);
  session_->inflight.Resume(receive_maximum_, static_cast<uint16_t>(limits.inflight_messages));
  session_->received_qos2.ForgetCounts();
}

std::unique_ptr<Will> Client::MakeWill(const ConnectView& connect) const {
  if (!connect.will.has_value()) return nullptr;
  const WillView& will = *connect.will;
  std::vector<uint8_t> scratch;
  const MessageView message{.topic_name = will.topic_name,
                            .payload = will.payload,
                            .properties = TravellingProperties(will.properties, &scratch),
                            .qos = will.qos,
                            .retain = will.retain};
  auto stored = std::make_unique<Will>();
  stored->message = SharedMessage::From(message);
  stored->delay_s = will.properties.will_delay_s;
  stored->message_expiry_s = broker_.MessageExpiry(will.properties);
  return stored;
}

void Client::SendConnack(const ConnectView& connect, bool session_present, bool assigned) {
  const Limits& limits = broker_.context_.limits;
  PropertyBuffer properties;
  if (is_v5()) {
    if (session_expiry_s_ != connect.properties.session_expiry_s) {
      properties.AddU32(PropertyId::kSessionExpiryInterval, session_expiry_s_);
    }
    if (limits.receive_maximum != UINT16_MAX) {
      properties.AddU16(PropertyId::kReceiveMaximum, static_cast<uint16_t>(limits.receive_maximum));
    }
    if (limits.packet_bytes < kMaxPacketSize) {
      properties.AddU32(PropertyId::kMaximumPacketSize, static_cast<uint32_t>(limits.packet_bytes));
    }
    if (assigned) {  // [MQTT-3.1.3-7]
      properties.AddText(PropertyId::kAssignedClientIdentifier, session_->client_id);
    }
    if (limits.topic_aliases_in > 0) {
      properties.AddU16(PropertyId::kTopicAliasMaximum,
                        static_cast<uint16_t>(limits.topic_aliases_in));
    }
    if (keep_alive_s_ != connect.keep_alive_s) {
      properties.AddU16(PropertyId::kServerKeepAlive, keep_alive_s_);
    }
    const std::string& prefix = broker_.context_.response_information;
    if (connect.properties.request_response_information && !prefix.empty() &&
        IsPlainLevel(session_->client_id)) {
      properties.AddText(PropertyId::kResponseInformation, prefix + session_->client_id);
    }
  }
  ConnackView connack{.session_present = session_present};
  connack.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeConnack(connack, version_, &bytes);
  // [MQTT-3.1.2-24]
  if (bytes.size() > maximum_packet_size_)
    return Close("its Maximum Packet Size has no room for CONNACK");
  Send(bytes);
}

void Client::RefuseConnect(ReasonCode code, std::string_view why) {
  ++broker_.context_.counters.connects_refused;
  broker_.LogBadInput(*this, code, why);
  ConnackView connack{.code = static_cast<uint8_t>(code)};
  PropertyBuffer properties;
  if (is_v5()) {
    properties.AddText(PropertyId::kReasonString, why);
    connack.properties.wire = properties.wire();
  } else {
    connack.code = ConnectReturnCode311(code);
  }
  // What does not conform to MQTT 3.1.1 gets no answer (MQTT 3.1.1: [MQTT-3.1.4-1]).
  if (is_v5() || Conforms(code)) {
    PacketBytes bytes;
    EncodeConnack(connack, version_, &bytes);
    if (bytes.size() > maximum_packet_size_) {  // [MQTT-3.2.2-19]
      bytes.clear();
      EncodeConnack({.code = connack.code}, version_, &bytes);
    }
    if (bytes.size() <= maximum_packet_size_) Send(bytes);  // [MQTT-3.1.2-24]
  }
  Close(why);
}

// Of a CONNECT that is too large to be kept, `beginning` tells whether its sender speaks MQTT 5.
void Client::RefuseLargeConnect(ByteView beginning) {
  ConnectView connect;
  DecodeConnect(ByteReader(beginning), 0, &connect);
  version_ = connect.version;
  RefuseConnect(ReasonCode::kPacketTooLarge, "the CONNECT packet is too large");
}

void Client::OnDisconnect(const Packet& packet) {
  const auto disconnect =
      DecodeDisconnect(ByteReader(packet.body), version_, Sender::kClient,
                       static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!disconnect.ok()) return Refuse(disconnect.error(), "DISCONNECT");
  if (disconnect->properties.Has(PropertyId::kSessionExpiryInterval)) {
    const uint32_t expiry_s = disconnect->properties.session_expiry_s;
    if (session_expiry_s_ == 0 && expiry_s != 0) {  // 3.14.2.2.2
      return Refuse(ReasonCode::kProtocolError, "a Session Expiry Interval where there was none");
    }
    session_expiry_s_ = static_cast<uint32_t>(
        std::min<uint64_t>(expiry_s, broker_.context_.limits.session_expiry_s));
  }
  broker_.LogClosed(*this, "by the client");
  EnterClosed(/*with_will=*/disconnect->reason_code != ReasonCode::kSuccess);  // [MQTT-3.14.4-3]
}

}  // namespace signet
