#include "tests/support/core_world.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "gtest/gtest.h"

namespace signet {

struct CoreWorld::Parcel : ConnectionParcel {
  explicit Parcel(Peer* peer_to_carry) : peer(peer_to_carry) {}
  Peer* peer;
};

void MemoryLog::Write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=\"{}\"", field.name, EscapeForLog(field.value));
  }
  lines_.push_back(std::move(line));
}

CoreWorld::CoreWorld(Options options) : options_(std::move(options)), random_(options_.seed) {
  for (uint32_t i = 0; i < options_.shards; ++i) {
    auto shard = std::make_unique<Shard>();
    shard->inbox.resize(options_.shards);
    ShardContext::Setup setup{.self = ShardId(i),
                              .shards = options_.shards,
                              .hash_seed = options_.seed,
                              .limits = &options_.limits,
                              .totals = &totals_,
                              .log = &log_,
                              .memory_bytes = options_.memory_bytes,
                              .response_information = options_.response_information};
    setup.random = [this](uint8_t* bytes, size_t size) {
      for (size_t at = 0; at < size; ++at) {
        random_ = random_ * 6364136223846793005 + 1442695040888963407;
        bytes[at] = static_cast<uint8_t>(random_ >> 56);
      }
    };
    shard->broker = std::make_unique<ShardBroker>(std::move(setup), options_.ports, now_);
    shards_.push_back(std::move(shard));
  }
}

CoreWorld::~CoreWorld() {
  for (const auto& peer : peers_) peer->Drop();
  Run();
}

CoreWorld::Peer* CoreWorld::Open(uint32_t shard, PortId port) {
  shards_[shard]->broker->BeginTurn(now_);
  const ConnectionId id = shards_[shard]->broker->Open(port, fmt::format("test:{}", peers_.size()));
  shards_[shard]->broker->EndTurn();
  if (!id) return nullptr;
  peers_.push_back(std::make_unique<Peer>());
  Register(shard, id, peers_.back().get());
  return peers_.back().get();
}

void CoreWorld::Register(uint32_t shard, ConnectionId id, Peer* peer) {
  std::vector<Peer*>& table = shards_[shard]->peers;
  if (table.size() <= id.slot) table.resize(id.slot + 1);
  table[id.slot] = peer;
  peer->shard_ = shard;
  peer->id_ = id;
}

CoreWorld::Peer* CoreWorld::PeerOf(Shard& shard, ConnectionId id) {
  Peer* peer = id.slot < shard.peers.size() ? shard.peers[id.slot] : nullptr;
  return peer != nullptr && peer->id_ == id ? peer : nullptr;
}

void CoreWorld::Run() {
  if (!ComesToRest(100'000)) ADD_FAILURE() << "the broker does not come to rest";
}

bool CoreWorld::ComesToRest(int turns) {
  for (; !Quiet(); --turns) {
    if (turns == 0) return false;
    for (uint32_t i = 0; i < options_.shards; ++i) RunShard(i);
    RunDesk();
  }
  return true;
}

void CoreWorld::RunDesk() {
  if (desk_ == nullptr) return;
  desk_->BeginTurn(now_, wall());
  for (uint32_t i = 0; i < options_.shards; ++i) {
    auto& mail = shards_[i]->broker->to_auth();
    while (!mail.empty()) desk_->Take(ShardId(i), mail.Pop());
  }
  desk_->EndTurn();
  for (uint32_t i = 0; i < options_.shards; ++i) {
    auto& mail = desk_->outgoing(ShardId(i));
    while (!mail.empty()) shards_[i]->from_auth.push_back(mail.Pop());
  }
}

const Client* CoreWorld::ClientOf(const Peer& peer) const {
  return peer.id_ ? shards_[peer.shard_]->broker->Find(peer.id_) : nullptr;
}

bool CoreWorld::Quiet() const {
  if (desk_ != nullptr && desk_->NextDeadline() <= now_) return false;
  for (uint32_t i = 0; i < options_.shards; ++i) {
    const Shard& shard = *shards_[i];
    if (shard.broker->NextDeadline() <= now_ || !shard.from_auth.empty()) return false;
    if (desk_ != nullptr &&
        (!shard.broker->to_auth().empty() || !desk_->outgoing(ShardId(i)).empty())) {
      return false;
    }
    for (const auto& queue : shard.inbox) {
      if (!queue.empty()) return false;
    }
    for (uint32_t to = 0; to < options_.shards; ++to) {
      if (!shard.broker->outgoing(ShardId(to)).empty()) return false;
    }
    for (const Peer* peer : shard.peers) {
      if (peer == nullptr) continue;
      const Client* client = shard.broker->Find(peer->id_);
      if (peer->dropped_ || (!peer->to_broker_.empty() && peer->reading_)) return false;
      if (peer->window_ > 0 && client != nullptr && !client->output().empty()) return false;
      if (peer->closing_ && (client == nullptr || client->output().empty())) return false;
    }
  }
  return true;
}

void CoreWorld::RunShard(uint32_t index) {
  Shard& shard = *shards_[index];
  shard.broker->BeginTurn(now_);
  Deliver(shard, index);
  for (size_t slot = 0; slot < shard.peers.size(); ++slot) {
    Peer* peer = shard.peers[slot];
    if (peer != nullptr) FeedPeer(shard, *peer);
  }
  shard.broker->EndTurn();
  ApplyEffects(shard);
  for (uint32_t to = 0; to < options_.shards; ++to) {
    auto& outgoing = shard.broker->outgoing(ShardId(to));
    auto& inbox = shards_[to]->inbox[index];
    while (!outgoing.empty() && inbox.size() < options_.mailbox_slots) {
      ShardMessage mail = outgoing.Pop();
      if (postman_ && !postman_(mail)) continue;
      inbox.push_back(std::move(mail));
    }
  }
}

void CoreWorld::Deliver(Shard& shard, uint32_t index) {
  for (MailFromAuth& mail : std::exchange(shard.from_auth, {})) {
    shard.broker->Deliver(std::move(mail));
  }
  for (uint32_t from = 0; from < options_.shards; ++from) {
    while (!shard.inbox[from].empty()) {
      ShardMessage message = std::move(shard.inbox[from].front());
      shard.inbox[from].pop_front();
      auto* hand_over = std::get_if<HandOver>(&message);
      if (hand_over == nullptr) {
        shard.broker->Deliver(ShardId(from), std::move(message));
        continue;
      }
      Peer* peer = static_cast<Parcel&>(*hand_over->parcel).peer;
      const ConnectionId id = shard.broker->Adopt(std::move(*hand_over));
      ASSERT_TRUE(static_cast<bool>(id));
      Register(index, id, peer);
    }
  }
}

bool CoreWorld::FeedPeer(Shard& shard, Peer& peer) {
  if (peer.dropped_) {
    shard.broker->Closed(peer.id_, "the peer is gone");
    Release(shard, peer);
    return true;
  }
  if (peer.to_broker_.empty() || !peer.reading_) return false;
  const size_t size = std::min(peer.segment_, peer.to_broker_.size());
  // A copy of exactly this size, so that AddressSanitizer sees whoever reads on.
  const std::vector<uint8_t> piece(peer.to_broker_.begin(),
                                   peer.to_broker_.begin() + static_cast<ptrdiff_t>(size));
  peer.to_broker_.erase(peer.to_broker_.begin(),
                        peer.to_broker_.begin() + static_cast<ptrdiff_t>(size));
  shard.broker->Receive(peer.id_, piece);
  return true;
}

void CoreWorld::ApplyEffects(Shard& shard) {
  Effects effects;
  shard.broker->TakeEffects(&effects);
  for (const ConnectionId id : effects.input) {
    Peer* peer = PeerOf(shard, id);
    const Client* client = shard.broker->Find(id);
    if (peer != nullptr && client != nullptr) peer->reading_ = client->wants_input();
  }
  for (const ConnectionId id : effects.hand_over) HandOverPeer(shard, id);
  for (const ConnectionId id : effects.close) {
    if (Peer* peer = PeerOf(shard, id)) peer->closing_ = true;
  }
  for (Peer* peer : std::vector<Peer*>(shard.peers)) {
    if (peer != nullptr) SendOutput(shard, *peer);
  }
}

void CoreWorld::SendOutput(Shard& shard, Peer& peer) {
  Client* client = shard.broker->Find(peer.id_);
  if (client == nullptr) return;
  std::array<ByteView, 8> views;
  size_t sent = 0;
  const size_t used = client->output().Gather(views, peer.window_);
  for (size_t i = 0; i < used; ++i) {
    peer.from_broker_.insert(peer.from_broker_.end(), views[i].begin(), views[i].end());
    sent += views[i].size();
  }
  if (sent > 0) {
    shard.broker->OutputSent(peer.id_, sent);
  } else if (!client->output().empty()) {
    shard.broker->OutputHeldUp(peer.id_);
  }
  if (peer.closing_ && client->output().empty()) Release(shard, peer);
}

void CoreWorld::HandOverPeer(Shard& shard, ConnectionId id) {
  Peer* peer = PeerOf(shard, id);
  if (peer == nullptr) return;
  // A timer may have closed it at the end of this very turn.
  if (shard.broker->Find(id)->state() != Client::State::kLeaving) return;
  ShardBroker::Departure departure = shard.broker->TakeForHandOver(id);
  departure.hand_over.parcel = std::make_unique<Parcel>(peer);
  shard.peers[id.slot] = nullptr;
  shard.broker->Send(departure.home, std::move(departure.hand_over));
  shard.broker->Release(id);
  peer->reading_ = true;
}

void CoreWorld::Release(Shard& shard, Peer& peer) {
  shard.peers[peer.id_.slot] = nullptr;
  shard.broker->Release(peer.id_);
  peer.id_ = {};
  peer.closed_ = true;
  peer.dropped_ = false;
}

void CoreWorld::Advance(Duration duration) {
  Run();
  const Instant end = now_ + duration;
  while (now_ < end) {
    Instant next = end;
    for (const auto& shard : shards_) next = std::min(next, shard->broker->NextDeadline());
    if (desk_ != nullptr) next = std::min(next, desk_->NextDeadline());
    now_ = std::max(next, now_ + Duration(1));
    if (now_ > end) now_ = end;
    for (uint32_t i = 0; i < options_.shards; ++i) RunShard(i);
    RunDesk();
    Run();
  }
}

Counters CoreWorld::Sum() const {
  Counters sum;
  for (const auto& shard : shards_) sum += shard->broker->counters();
  return sum;
}

}  // namespace signet
