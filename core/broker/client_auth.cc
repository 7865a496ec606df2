// AUTH (MQTT 5, 3.15 and 4.12): enhanced authentication and re-authentication, each in as many
// steps as its method takes, and what becomes of a client whose credential ends. While the auth
// shard thinks about AUTH of a connected client, or the client does, traffic goes on as before.
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/auth_packet.h"
#include "fmt/format.h"

namespace signet {

Proof& Client::proof() {
  if (proof_ == nullptr) proof_ = std::make_unique<Proof>();
  return *proof_;
}

const SharedAuthor& Client::AuthorOf(const Session& session) {
  SharedAuthor& author = proof().author;
  if (author == nullptr) {
    author = MakeAuthor({.client_id = session.client_id, .principal = principal(), .port = port_});
  }
  return author;
}

void Client::OnAuth(const Packet& packet) {
  if (!is_v5()) return Refuse(ReasonCode::kMalformedPacket, "packet type 15, which is reserved");
  const auto auth = DecodeAuth(ByteReader(packet.body),
                               static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!auth.ok()) return Refuse(auth.error(), "AUTH");
  if (proof_ == nullptr || !proof_->authentication_method) {  // [MQTT-4.12.0-7]
    return Refuse(ReasonCode::kProtocolError, "AUTH without an Authentication Method in CONNECT");
  }
  if (auth->properties.authentication_method != *proof_->authentication_method) {
    // [MQTT-4.12.1-1]
    return Refuse(ReasonCode::kProtocolError, "AUTH with another Authentication Method");
  }
  if (state_ == State::kConnected && !principal().may_reauthenticate) {
    return Refuse(ReasonCode::kProtocolError,
                  fmt::format("{} cannot be proven again by AUTH", principal().method));
  }
  switch (auth->reason_code) {
    case ReasonCode::kContinueAuthentication:
      if (exchange_ != Exchange::kClientsTurn && exchange_ != Exchange::kMayRetry) break;
      return AskAgain(Credentials::Source::kContinue, auth->properties);
    case ReasonCode::kReauthenticate:
      if (exchange_ != Exchange::kNone && exchange_ != Exchange::kMayRetry) break;
      if (state_ != State::kConnected) break;
      return AskAgain(Credentials::Source::kReauthenticate, auth->properties);
    default:
      break;
  }
  Refuse(ReasonCode::kProtocolError, fmt::format("AUTH {} out of turn", Name(auth->reason_code)));
}

// What comes while CONNECT is being answered.
void Client::OnFirstAuth(const Packet& packet) {
  if (!packet.header.minimal_length) {  // [MQTT-1.5.5-1]
    return Refuse(ReasonCode::kMalformedPacket, "a Remaining Length longer than it needs to be");
  }
  if (packet.header.type == PacketType::kAuth) return OnAuth(packet);
  if (packet.header.type == PacketType::kDisconnect) return OnDisconnect(packet);
  Refuse(ReasonCode::kProtocolError,
         fmt::format("{} before CONNACK", Name(packet.header.type)));  // [MQTT-3.1.2-30]
}

void Client::AskAgain(Credentials::Source source, const Properties& properties) {
  if (properties.authentication_data.size() > broker_.context_.limits.credential_bytes) {
    return Disconnect(ReasonCode::kNotAuthorized, "more Authentication Data than is read");
  }
  Credentials credentials{.source = source, .version = version_, .peer = peer_};
  credentials.authentication_method = std::string(properties.authentication_method);
  credentials.authentication_data = SecretBytes(AsText(properties.authentication_data));
  // Who begins anew lets go of what it had begun.
  if (source == Credentials::Source::kReauthenticate) DropExchange();
  const bool asked = broker_.Ask(*this, std::move(credentials), proof().exchange);
  if (asked) proof().exchange = {};
  exchange_ = Exchange::kAsking;
  if (state_ == State::kConnected) {
    if (!asked) broker_.AnswerLater(*this);
  } else if (asked) {
    ArmTimer();
    PauseInput(Pause::kAuthentication);
  } else {
    RefuseConnect(ReasonCode::kServerBusy, "too many clients wait to be authenticated");
  }
}

bool Client::TakeAnswer(AuthOutcome outcome) {
  if (exchange_ != Exchange::kAsking) return false;
  if (state_ == State::kAuthenticating) {
    exchange_ = Exchange::kNone;
    OnAnswerToConnect(std::move(outcome));
    return true;
  }
  if (state_ != State::kConnected) return false;
  OnAnswerToAuth(std::move(outcome));
  return true;
}

void Client::OnAnswerToAuth(AuthOutcome outcome) {
  exchange_ = Exchange::kNone;
  if (auto* authenticated = std::get_if<Authenticated>(&outcome)) {
    Principal& fresh = authenticated->principal;
    // Where the method proves none, its own word still stands.
    if (fresh.username.empty()) fresh.username = std::move(proof().principal.username);
    // It is still the same peer, and only CONNECT came with its certificate.
    if (proof().principal.peer != nullptr) fresh.peer = std::move(proof().principal.peer);
    proof().principal = std::move(fresh);
    proof().author = nullptr;  // What it leaves behind from now on is another's.
    SendAuth(ReasonCode::kSuccess, authenticated->authentication_data);
    if (session_ != nullptr) broker_.review_.OnProvenAnew(*session_);
    return;
  }
  if (std::holds_alternative<Rejected>(outcome)) {  // [MQTT-4.12.1-2]
    // The code it was refused with is one for CONNACK, and some of those are none for DISCONNECT.
    return Disconnect(ReasonCode::kNotAuthorized, "its re-authentication was refused");
  }
  if (const auto* challenge = std::get_if<Challenge>(&outcome)) {
    proof().exchange = challenge->exchange;
    exchange_ = Exchange::kClientsTurn;
    return SendAuth(ReasonCode::kContinueAuthentication, challenge->authentication_data);
  }
  exchange_ = Exchange::kMayRetry;
  SendAuth(ReasonCode::kContinueAuthentication, {});
}

void Client::SendAuth(ReasonCode code, ByteView data) {
  PropertyBuffer properties;
  properties.AddText(PropertyId::kAuthenticationMethod, *proof().authentication_method);
  if (!data.empty()) properties.AddBinary(PropertyId::kAuthenticationData, data);
  AuthView auth{.reason_code = code};
  auth.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeAuth(auth, &bytes);
  if (bytes.size() > maximum_packet_size_) {  // [MQTT-3.1.2-24]
    return Close("its Maximum Packet Size has no room for AUTH");
  }
  Send(bytes);
}

void Client::GrantEnded(ReasonCode notice, std::string_view why) {
  ++broker_.context_.counters.grants_ended;
  // The client is told the name of the code; which rule failed is for the log alone.
  if (IsError(notice)) SendDisconnect(notice, Name(notice));
  Close(why);
}

void Client::ReturnGrant() {
  if (proof_ == nullptr) return;
  proof_->chain = nullptr;
  const GrantId grant = std::exchange(proof_->principal.grant, GrantId{});
  if (grant) broker_.context_.to_auth.Push(GrantReturned{grant});
}

void Client::DropExchange() {
  if (proof_ == nullptr) return;
  const ExchangeId exchange = std::exchange(proof_->exchange, ExchangeId{});
  if (exchange) broker_.context_.to_auth.Push(ExchangeDropped{exchange});
}

}  // namespace signet
