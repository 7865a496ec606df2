#include "core/broker/shard_broker.h"

#include <algorithm>
#include <array>

#include "core/mqtt/topic_name.h"
#include "fmt/format.h"

namespace signet {
namespace {

// Slots are taken as they are needed; the limit of the broker is BrokerTotals' matter.
constexpr uint32_t kMaxSlots = SlotId<void>::kGenerationMask;

constexpr size_t kEndsPerTurn = 2;
constexpr Duration kEndPatience = milliseconds(300);

}  // namespace

ShardBroker::ShardBroker(ShardContext::Setup setup, std::vector<PortAccess> ports, Instant start)
    : context_(std::move(setup), start),
      authority_(&context_, std::move(ports)),
      promises_(context_.limits),
      clients_(kMaxSlots),
      sessions_(kMaxSlots, static_cast<uint8_t>(TimerKind::kSession)),
      memory_gauge_(&context_),
      brake_(&context_, &clients_),
      delivery_(&context_, &brake_),
      retaining_(&context_, &authority_, &delivery_, &sessions_),
      interest_(&context_, &tree_, &sessions_, &retaining_),
      sharing_(&context_, &authority_, &tree_, &delivery_, &interest_, &sessions_),
      fan_out_(&context_, &tree_, &delivery_, &sharing_, &retaining_),
      publisher_(&context_, &fan_out_, &retaining_),
      subscribing_(&context_, &tree_, &sharing_, &interest_, &retaining_, &sessions_),
      keeper_(&context_, &authority_, &sessions_, &subscribing_, &publisher_, &brake_),
      review_(&context_, &authority_, &sessions_, &subscribing_, &brake_),
      housekeeping_(static_cast<uint8_t>(TimerKind::kHousekeeping), this) {
  context_.wheel.Set(housekeeping_, start + kHousekeepingInterval);
}

ShardBroker::~ShardBroker() {
  CHECK(clients_.size() == 0);
  context_.totals.sessions.fetch_sub(sessions_.size(), std::memory_order_relaxed);
  housekeeping_.Cancel();
  sessions_.ForEach([](Session& session) { session.timer.Cancel(); });
}

// -- The turn.

void ShardBroker::BeginTurn(Instant now) {
  context_.now = now;
  memory_gauge_.Read();
}

void ShardBroker::EndTurn() {
  context_.wheel.Advance(context_.now, [this](Timer& timer) { OnTimer(timer); });
  retaining_.Work();
  review_.Work();
  EndSome();
  LetGo();
  ReadResumed();
  keeper_.Settle();
}

void ShardBroker::TakeEffects(Effects* effects) {
  DCHECK(effects->empty());
  std::swap(*effects, context_.effects);
  for (const ConnectionId id : effects->output) {
    if (Client* client = Find(id)) client->output_noted_ = false;
  }
}

Instant ShardBroker::NextDeadline() const {
  if (retaining_.has_work() || review_.has_work() || keeper_.has_work() || !resumed_.empty() ||
      !endings_.empty() || CanRelieve()) {
    return context_.now;
  }
  const Instant next = context_.wheel.NextDeadline();
  // Nobody wakes us when another shard is relieved.
  return held_back_.empty() ? next : std::min(next, context_.now + kReliefInterval);
}

void ShardBroker::OnTimer(Timer& timer) {
  switch (static_cast<TimerKind>(timer.kind())) {
    case TimerKind::kClient:
      return static_cast<Client*>(timer.owner())->OnTimer();
    case TimerKind::kSession:
      return keeper_.OnTimer(*static_cast<Session*>(timer.owner()));
    case TimerKind::kHousekeeping:
      return KeepHouse();
    case TimerKind::kBrake:
      return brake_.Check();
  }
  UNREACHABLE();
}

void ShardBroker::KeepHouse() {
  if (context_.memory == ShardContext::Memory::kExhausted) ShedLargest();
  retaining_.Sweep();
  for (const ConnectionId id : std::exchange(unasked_, {})) {
    if (Client* client = Find(id)) client->TakeAnswer(Undecided{});
  }
  context_.wheel.Set(housekeeping_, context_.now + kHousekeepingInterval);
}

// One at a time, until the memory is enough: whoever has begun a large packet and does not end it
// would keep all others waiting.
void ShardBroker::ShedLargest() {
  Client* largest = nullptr;
  size_t most = PacketAssembler::kLarge;
  clients_.ForEach([&](Client& client) {
    if (client.state_ == Client::State::kClosed || client.assembler_.held_bytes() <= most) return;
    most = client.assembler_.held_bytes();
    largest = &client;
  });
  if (largest != nullptr) largest->GiveUpUnfinished();
}

bool ShardBroker::MustHoldBack(ShardSet shards) const {
  if (context_.memory == ShardContext::Memory::kExhausted) return true;
  for (; shards != 0; shards &= shards - 1) {
    if (context_.IsCongested(ShardId(static_cast<uint32_t>(std::countr_zero(shards))))) return true;
  }
  return false;
}

size_t ShardBroker::LongestBacklog() const {
  size_t longest = 0;
  for (const auto& queue : context_.outgoing) longest = std::max(longest, queue.size());
  return longest;
}

bool ShardBroker::CanRelieve() const {
  const bool asked = (context_.totals.congested & SetOf(context_.self)) != 0;
  if (held_back_.empty() && !asked) return false;
  return LongestBacklog() <= context_.limits.mailbox_backlog / 2 &&
         (context_.totals.congested & ~SetOf(context_.self)) == 0 &&
         context_.memory != ShardContext::Memory::kExhausted;
}

void ShardBroker::LetGo() {
  // The shard asks for relief itself while it cannot pass on what it is given.
  const size_t longest = LongestBacklog();
  const bool asked = (context_.totals.congested & SetOf(context_.self)) != 0;
  if (!asked && longest > context_.limits.mailbox_backlog) {
    context_.totals.congested |= SetOf(context_.self);
  } else if (asked && longest <= context_.limits.mailbox_backlog / 2) {
    context_.totals.congested &= ~SetOf(context_.self);
  }
  if (!CanRelieve()) return;
  for (const ConnectionId id : std::exchange(held_back_, {})) {
    if (Client* client = Find(id)) client->ResumeInput(Client::Pause::kCongestion);
  }
}

void ShardBroker::ReadResumed() {
  for (const ConnectionId id : std::exchange(resumed_, {})) {
    if (Client* client = Find(id)) client->ReadOn();
  }
}

// -- Network Connections.

ConnectionId ShardBroker::Open(PortId port, std::string peer, Beginning beginning) {
  BrokerTotals& totals = context_.totals;
  if (totals.connections.load(std::memory_order_relaxed) >= context_.limits.connections) return {};
  Client* client =
      clients_.Emplace(this, port, std::move(peer), Client::Origin::kAccepted, nullptr);
  if (client == nullptr) return {};
  totals.connections.fetch_add(1, std::memory_order_relaxed);
  ++context_.counters.connections_accepted;
  if (beginning == Beginning::kHandshake) client->AwaitHandshake();
  return client->id();
}

void ShardBroker::HandshakeDone(ConnectionId id, SharedChain chain) {
  if (Client* client = Find(id)) client->HandshakeDone(std::move(chain));
}

void ShardBroker::SetPeer(ConnectionId id, std::string peer) {
  if (Client* client = Find(id)) client->peer_ = std::move(peer);
}

ConnectionId ShardBroker::Adopt(HandOver hand_over) {
  const GrantId grant = hand_over.proof != nullptr ? hand_over.proof->principal.grant : GrantId{};
  Client* client = clients_.Emplace(this, hand_over.port, std::move(hand_over.peer),
                                    Client::Origin::kHandedOver, std::move(hand_over.proof));
  if (client == nullptr) {
    if (grant) context_.to_auth.Push(GrantReturned{grant});
    return {};
  }
  if (grant) context_.to_auth.Push(GrantClaimed{grant, client->id()});
  context_.totals.connections.fetch_add(1, std::memory_order_relaxed);
  if (access(hand_over.port).closed) client->Close("its port was closed");
  client->Receive(hand_over.received);
  return client->id();
}

void ShardBroker::Receive(ConnectionId id, ByteView bytes) {
  if (Client* client = Find(id)) client->Receive(bytes);
}

void ShardBroker::OutputSent(ConnectionId id, size_t size) {
  if (Client* client = Find(id)) client->OutputSent(size);
}

void ShardBroker::OutputHeldUp(ConnectionId id) {
  if (Client* client = Find(id)) client->held_up_ = true;
}

void ShardBroker::Closed(ConnectionId id, std::string_view why) {
  if (Client* client = Find(id)) client->Close(why);
}

void ShardBroker::Broken(ConnectionId id, std::string_view what) {
  if (Client* client = Find(id)) client->Refuse(ReasonCode::kProtocolError, what);
}

void ShardBroker::Release(ConnectionId id) {
  Client* client = Find(id);
  if (client == nullptr) return;
  client->Close("released");
  clients_.Erase(id);
  context_.totals.connections.fetch_sub(1, std::memory_order_relaxed);
  ++context_.counters.connections_closed;
}

ShardBroker::Departure ShardBroker::TakeForHandOver(ConnectionId id) {
  Client& client = *Find(id);
  CHECK(client.state() == Client::State::kLeaving);
  ConnectView connect;
  // It was within the limits when it came, and they may have changed since.
  CHECK(DecodeConnect(ByteReader(client.connect_.bytes()), UINT32_MAX, &connect) ==
        ReasonCode::kSuccess);
  Departure departure{.home = context_.HomeOf(connect.client_id)};
  departure.hand_over.port = client.port_;
  departure.hand_over.peer = client.peer_;
  departure.hand_over.proof = std::move(client.proof_);
  PacketBytes& received = departure.hand_over.received;
  AppendPacket(PacketType::kConnect, 0, static_cast<uint32_t>(client.connect_.size()), &received)
      .WriteBytes(client.connect_.bytes());
  received.insert(received.end(), client.unread_.begin(), client.unread_.end());
  client.Depart();
  return departure;
}

void ShardBroker::TakeOver(std::string_view client_id) {
  Session* session = sessions_.Find(client_id);
  if (session == nullptr || session->client == nullptr) return;
  ++context_.counters.sessions_taken_over;
  session->client->Disconnect(ReasonCode::kSessionTakenOver,
                              "another client connected with this Client Identifier");
}

void ShardBroker::Pump(Session& session) {
  delivery_.Pump(session);
  retaining_.Continue(session);
}

std::string ShardBroker::MakeClientId() {
  while (true) {
    std::array<uint8_t, 16> random;
    context_.random(random.data(), random.size());
    std::string name = "signet-";
    for (const uint8_t byte : random) name += fmt::format("{:02x}", byte);
    if (context_.HomeOf(name) == context_.self && sessions_.Find(name) == nullptr) return name;
  }
}

bool ShardBroker::IsTopicWithinLimits(std::string_view topic) const {
  return topic.size() <= context_.limits.topic_bytes &&
         CountLevels(topic) <= context_.limits.topic_levels;
}

std::optional<uint32_t> ShardBroker::MessageExpiry(const Properties& properties) const {
  const uint64_t most = context_.limits.message_expiry_s;
  if (properties.Has(PropertyId::kMessageExpiryInterval)) {
    const uint32_t asked = properties.message_expiry_s;
    return most == 0 ? asked : static_cast<uint32_t>(std::min<uint64_t>(asked, most));
  }
  if (most == 0) return std::nullopt;
  return static_cast<uint32_t>(most);
}

void ShardBroker::Drain() {
  draining_ = true;
  clients_.ForEach([](Client& client) {
    client.Disconnect(ReasonCode::kServerShuttingDown, "the broker is being stopped",
                      /*with_will=*/false);
  });
}

size_t ShardBroker::CountPacketIds() {
  size_t count = 0;
  sessions_.ForEach([&count](const Session& session) {
    count += session.inflight.size() + session.received_qos2.size();
  });
  return count;
}

// -- The auth shard.

bool ShardBroker::Ask(const Client& client, Credentials credentials, ExchangeId exchange) {
  if (context_.open_questions >= context_.limits.auth_questions) return false;
  ++context_.open_questions;
  context_.to_auth.Push(AuthQuestion{.client = client.id(),
                                     .port = client.port(),
                                     .grant = client.principal().grant,
                                     .exchange = exchange,
                                     .credentials = std::move(credentials)});
  return true;
}

void ShardBroker::Deliver(MailFromAuth mail) {
  std::visit([this](auto& kind) { On(std::move(kind)); }, mail);
}

void ShardBroker::On(AuthAnswer answer) {
  --context_.open_questions;
  const auto* authenticated = std::get_if<Authenticated>(&answer.outcome);
  const GrantId grant = authenticated != nullptr ? authenticated->principal.grant : GrantId{};
  const auto* challenge = std::get_if<Challenge>(&answer.outcome);
  const ExchangeId exchange = challenge != nullptr ? challenge->exchange : ExchangeId{};
  Client* client = Find(answer.client);
  const bool is_here = client != nullptr && !client->has_ended_;
  if (is_here && client->TakeAnswer(std::move(answer.outcome))) return;
  // It went away meanwhile, or is about to.
  if (grant) context_.to_auth.Push(GrantReturned{grant});
  if (exchange) context_.to_auth.Push(ExchangeDropped{exchange});
}

void ShardBroker::On(GrantEnded ended) {
  Client* client = Find(ended.client);
  // Who is on its way to another shard is asked for again once it is there.
  if (client == nullptr || client->principal().grant != ended.grant) return;
  client->has_ended_ = true;
  endings_.Push({.since = context_.now, .ended = std::move(ended)});
}

// Many may end at the same moment. A few in each turn hold nobody else up: to close a connection
// costs the kernel as much as many messages. But where turns are long, nobody stays for it.
void ShardBroker::EndSome() {
  for (size_t done = 0; !endings_.empty();) {
    if (done >= kEndsPerTurn && endings_.front().since + kEndPatience > context_.now) return;
    const GrantEnded ended = endings_.Pop().ended;
    Client* client = Find(ended.client);
    if (client == nullptr || client->principal().grant != ended.grant) continue;
    client->GrantEnded(ended.notice, ended.why);
    ++done;
  }
}

// -- Other shards.

void ShardBroker::Deliver(ShardId from, ShardMessage message) {
  std::visit([&](auto& kind) { On(from, std::move(kind)); }, message);
}

void ShardBroker::On(ShardId from, Forward message) {
  fan_out_.Forwarded(message.message.View(), message.publisher, from);
}
void ShardBroker::On(ShardId, HoldPublisher message) { brake_.OnHold(message); }
void ShardBroker::On(ShardId, ReleasePublishers message) { brake_.OnRelease(message); }
void ShardBroker::On(ShardId from, WantFilters message) { interest_.OnWant(from, message); }
void ShardBroker::On(ShardId from, InterestNoted message) { interest_.OnNoted(from, message); }
void ShardBroker::On(ShardId, InterestSettled message) { interest_.OnSettled(message); }
void ShardBroker::On(ShardId from, DropFilters message) { interest_.OnDrop(from, message); }
void ShardBroker::On(ShardId from, JoinShared message) {
  sharing_.OnJoin(from, std::move(message));
}
void ShardBroker::On(ShardId, JoinedShared message) { sharing_.OnJoined(message); }
void ShardBroker::On(ShardId from, LeaveShared message) { sharing_.OnLeave(from, message); }
void ShardBroker::On(ShardId, LeftShared message) { sharing_.OnLeft(message); }
void ShardBroker::On(ShardId from, SetSharedOnline message) { sharing_.OnSetOnline(from, message); }
void ShardBroker::On(ShardId from, SharedDeliver message) {
  sharing_.OnDeliver(from, std::move(message.delivery));
}
void ShardBroker::On(ShardId, SharedRefused message) {
  sharing_.OnRefused(std::move(message.delivery));
}
void ShardBroker::On(ShardId from, SetRetained message) {
  retaining_.OnSet(from, std::move(message));
}
void ShardBroker::On(ShardId, RetainedSet message) { retaining_.OnRetainedSet(message); }
void ShardBroker::On(ShardId from, QueryRetained message) {
  retaining_.OnQuery(from, std::move(message));
}
void ShardBroker::On(ShardId, RetainedPage message) { retaining_.OnPage(std::move(message)); }
void ShardBroker::On(ShardId, HandOver) { UNREACHABLE(); }  // Adopt() takes it.

}  // namespace signet
