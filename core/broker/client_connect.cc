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
  if (origin_ == Origin::kHandedOver) return ComeHome(connect);
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
  const Properties& properties = connect.properties;
  const bool enhanced = properties.Has(PropertyId::kAuthenticationMethod);
  if (!broker_.access(port_).authenticates) {
    if (enhanced) {
      return RefuseConnect(ReasonCode::kBadAuthenticationMethod,
                           "this port has no authentication method of that name");
    }
    return Admit(connect);
  }
  Credentials credentials{.source = Credentials::Source::kConnect,
                          .version = version_,
                          .client_id = std::string(connect.client_id),
                          .peer = peer_};
  if (connect.claimed_username) credentials.username = std::string(*connect.claimed_username);
  if (connect.password) credentials.password = SecretBytes(AsText(*connect.password));
  if (enhanced) credentials.authentication_method = std::string(properties.authentication_method);
  credentials.authentication_data = SecretBytes(AsText(properties.authentication_data));
  if (proof_ != nullptr) credentials.chain = std::move(proof_->chain);
  if (!broker_.Ask(*this, std::move(credentials))) {
    return RefuseConnect(ReasonCode::kServerBusy, "too many clients wait to be authenticated");
  }
  state_ = State::kAuthenticating;
  exchange_ = Exchange::kAsking;
  ArmTimer();
  PauseInput(Pause::kAuthentication);
}

void Client::OnAnswerToConnect(AuthOutcome outcome) {
  ConnectView connect;
  // It was within the limits when it came, and they may have changed since.
  CHECK(DecodeConnect(ByteReader(connect_.bytes()), UINT32_MAX, &connect) == ReasonCode::kSuccess);
  if (auto* authenticated = std::get_if<Authenticated>(&outcome)) {
    proof().principal = std::move(authenticated->principal);
    if (principal().username.empty() && connect.claimed_username) {
      proof().principal.username = std::string(*connect.claimed_username);
    }
    proof().authentication_data = std::move(authenticated->authentication_data);
    return Admit(connect);
  }
  if (const auto* challenge = std::get_if<Challenge>(&outcome)) {
    proof().authentication_method = connect.properties.authentication_method;
    proof().exchange = challenge->exchange;
    exchange_ = Exchange::kClientsTurn;
    last_packet_ = broker_.context_.now;  // Its time begins now.
    ArmTimer();
    SendAuth(ReasonCode::kContinueAuthentication, challenge->authentication_data);
    return ResumeInput(Pause::kAuthentication);
  }
  const auto* rejected = std::get_if<Rejected>(&outcome);
  const ReasonCode code =
      rejected != nullptr ? rejected->reason_code : ReasonCode::kServerUnavailable;
  ++broker_.context_.counters.connects_refused;
  SendRefusal(code, Name(code));  // The auth shard has logged why.
}

void Client::Admit(const ConnectView& connect) {
  // Without a name of its own it gets one that is at home here.
  if (connect.client_id.empty() ||
      broker_.context_.HomeOf(connect.client_id) == broker_.context_.self) {
    return ComeHome(connect);
  }
  // At home it is asked about again, by the policy of then: one may have come meanwhile.
  if (!MayConnect(connect.client_id)) {
    return RefuseNotAuthorized("may not connect");
  }
  state_ = State::kLeaving;
  PauseInput(Pause::kLeaving);
  broker_.context_.effects.hand_over.push_back(id_);
}

bool Client::MayConnect(std::string_view client_id) const {
  return broker_.authority_.Allows(port_, principal(), client_id, Action::kConnect, {}, {});
}

void Client::ComeHome(const ConnectView& connect) {
  const bool assigned = connect.client_id.empty();
  const std::string client_id = assigned ? broker_.MakeClientId() : std::string(connect.client_id);
  if (!MayConnect(client_id)) return RefuseNotAuthorized("may not connect");
  if (connect.will.has_value() &&
      !MayPublish(client_id, connect.will->topic_name,
                  {.qos = connect.will->qos, .retain = connect.will->retain})) {
    return RefuseNotAuthorized("may not publish its Will");
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
  if (connect.properties.Has(PropertyId::kAuthenticationMethod)) {
    proof().authentication_method = connect.properties.authentication_method;
  }
  session_ = attached.session;
  session_->client = this;
  ApplyConnect(connect);
  broker_.review_.OnAttached(*session_);
  broker_.LogConnected(*this, attached.present);
  SendConnack(connect, attached.present, assigned);
  if (state_ == State::kClosed) return;
  connect_.Wipe();
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
  promise_ = broker_.promises_.Current(limits);
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
  PropertyBuffer properties;
  if (is_v5()) {
    if (session_expiry_s_ != connect.properties.session_expiry_s) {
      properties.AddU32(PropertyId::kSessionExpiryInterval, session_expiry_s_);
    }
    if (promise().receive_maximum != UINT16_MAX) {
      properties.AddU16(PropertyId::kReceiveMaximum, promise().receive_maximum);
    }
    if (promise().maximum_packet_size < kMaxPacketSize) {
      properties.AddU32(PropertyId::kMaximumPacketSize, promise().maximum_packet_size);
    }
    if (assigned) {  // [MQTT-3.1.3-7]
      properties.AddText(PropertyId::kAssignedClientIdentifier, session_->client_id);
    }
    if (promise().topic_alias_maximum > 0) {
      properties.AddU16(PropertyId::kTopicAliasMaximum, promise().topic_alias_maximum);
    }
    if (keep_alive_s_ != connect.keep_alive_s) {
      properties.AddU16(PropertyId::kServerKeepAlive, keep_alive_s_);
    }
    if (proof_ != nullptr && proof_->authentication_method) {  // [MQTT-4.12.0-5]
      properties.AddText(PropertyId::kAuthenticationMethod, *proof_->authentication_method);
      const std::vector<uint8_t> data = std::exchange(proof_->authentication_data, {});
      if (!data.empty()) properties.AddBinary(PropertyId::kAuthenticationData, data);
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
  SendRefusal(code, why);
}

void Client::RefuseNotAuthorized(std::string_view why) {
  ++broker_.context_.counters.connects_refused;
  SendRefusal(ReasonCode::kNotAuthorized, why);
}

void Client::SendRefusal(ReasonCode code, std::string_view why) {
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
