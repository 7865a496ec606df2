#include "tests/sim/simulation.h"

#include <algorithm>
#include <array>

#include "core/base/shared_buffer.h"
#include "fmt/format.h"
#include "tests/support/bytes.h"

namespace signet::sim {
namespace {

constexpr size_t kNoMailboxLimit = 1 << 20;
constexpr int kTurnsToRest = 20'000;
constexpr int kRoundsToFinish = 200;
constexpr Duration kLongerThanAnyDelay = seconds(60);

// How unlucky this run is: each in per cent of a chance, many of them 0, so that some runs have
// much of one trouble and none of another.
struct Luck {
  explicit Luck(Random& random) {
    for (uint32_t* chance : {&drop, &disconnect, &take_over, &race, &unsubscribe, &slow, &jump}) {
      *chance = random.Chance(50) ? random.Between(1, 4) : 0;
    }
    has_policies = random.Chance(40);
    reform = random.Between(1, 5);
  }
  uint32_t drop = 0;
  uint32_t disconnect = 0;
  uint32_t take_over = 0;
  uint32_t race = 0;
  uint32_t unsubscribe = 0;
  uint32_t slow = 0;
  uint32_t jump = 0;
  bool has_policies = false;
  uint32_t reform = 0;  // Where there are policies.
};

CoreWorld::Options WorldOptions(uint64_t seed, Random& random) {
  CoreWorld::Options options{.shards = random.Between(1, 4), .seed = seed};
  constexpr size_t kSlots[] = {1, 2, 8, kNoMailboxLimit};
  options.mailbox_slots = random.OneOf(kSlots);
  if (random.Chance(30)) options.limits.pending_acks = random.Between(1, 4);
  if (random.Chance(30)) options.limits.mailbox_backlog = 16;
  if (random.Chance(30)) options.limits.inflight_messages = random.Between(1, 4);
  if (random.Chance(30)) options.limits.output_soft_bytes = 1024;
  if (random.Chance(30)) options.limits.output_hard_bytes = 16'384;
  return options;
}

Habits MakeHabits(uint32_t index, Random& random) {
  Habits habits;
  constexpr uint32_t kExpiries[] = {0, 20, UINT32_MAX, UINT32_MAX};
  constexpr uint16_t kMaxima[] = {1, 2, 5, 65'535};
  constexpr uint16_t kAliases[] = {0, 0, 1, 3};
  if (random.Chance(30)) habits.version = ProtocolVersion::k311;
  const bool is_v5 = habits.version == ProtocolVersion::k5;
  habits.session_expiry_s = random.OneOf(kExpiries);
  if (!is_v5 && habits.session_expiry_s == 20) habits.session_expiry_s = UINT32_MAX;
  if (is_v5) {
    habits.receive_maximum = random.OneOf(kMaxima);
    habits.topic_alias_maximum = random.OneOf(kAliases);
    habits.will_delay_s = random.Chance(30) ? 5 : 0;
  }
  habits.keep_alive_s = random.Chance(20) ? 10 : 0;
  habits.has_will = random.Chance(50);
  for (const char* leaf : {"a", "b"}) habits.topics.push_back(fmt::format("t/{}/{}", index, leaf));
  habits.topics.push_back(fmt::format("s/{}", index));
  habits.topics.push_back(fmt::format("r/{}", index));
  habits.filters = {"t/#", "t/+/a", fmt::format("t/{}/+", index ^ 1), "r/+", "r/#"};
  return habits;
}

class Run {
 public:
  Run(uint64_t seed, Bug bug)
      : random_(seed),
        luck_(random_),
        ears_(std::move(bug.ears)),
        options_(WorldOptions(seed, random_)),
        law_(options_.shards, seed, std::move(bug.verdict)),
        ledger_(&law_),
        world_(options_) {
    world_.SetPostman(std::move(bug.postman));
    steps_ = random_.Between(50, 250);
    const uint32_t clients = random_.Between(2, 6);
    for (uint32_t i = 0; i < clients; ++i) Add(fmt::format("c{}", i), MakeHabits(i, random_));
    // Members of a group keep their Sessions, so that it is clear what they are owed.
    for (int i = 0; i < 2 && random_.Chance(60); ++i) {
      Add(fmt::format("member{}", i), {.starts_clean = false, .filters = {"$share/g/s/#"}});
    }
    // Nothing waits with the broker for those who take all at once, whatever waits for others.
    const Limits usual;
    if (options_.limits.inflight_messages == usual.inflight_messages &&
        options_.limits.output_soft_bytes == usual.output_soft_bytes) {
      for (int i = 0; i < 2 && random_.Chance(50); ++i) {
        Add(fmt::format("guest{}", i), {.session_expiry_s = 0, .filters = {"$share/g/s/#"}});
      }
    }
    Add("witness", {.starts_clean = false, .filters = {"will/#"}});
    if (!luck_.has_policies) return;
    Reform(/*lets_in=*/false);
    law_.TellAll(&world_, step_);
  }

  Outcome Go() {
    Prepare();
    for (; step_ < steps_ && Fine(); Step()) {
    }
    if (Fine()) Finish();
    if (Fine()) CheckRetained();
    if (Fine()) TakeLeave();
    if (Fine()) CleanUp();
    if (Fine()) CheckNothingIsLeft();
    return {.violation = ledger_.violation(),
            .steps = step_,
            .trace = trace_ ^ world_.Sum().packets_received << 32,
            .delivered = world_.Sum().messages_delivered,
            .policies = policies_,
            .counters = world_.Sum(),
            .log = Fine() ? "" : LastLines()};
  }

 private:
  bool Fine() const { return ledger_.violation().empty(); }
  SimClient& witness() { return *clients_.back(); }
  // A guest joins a group and leaves it, again and again; it does nothing else.
  bool IsGuest(const SimClient& client) const { return client.name().starts_with("guest"); }
  bool IsFaithful(const SimClient& client) const {
    return client.habits().topics.empty() && !IsGuest(client);
  }

  void Add(std::string name, Habits habits) {
    clients_.push_back(std::make_unique<SimClient>(&world_, &ledger_, &random_, std::move(name),
                                                   std::move(habits), &ears_));
  }

  std::string LastLines() {
    constexpr size_t kLines = 40;
    const std::vector<std::string>& lines = world_.log().lines();
    const size_t first = lines.size() - std::min(lines.size(), kLines);
    return fmt::format("{}",
                       fmt::join(lines.begin() + static_cast<ptrdiff_t>(first), lines.end(), "\n"));
  }

  // Those who watch and share subscribe before anything happens.
  void Prepare() {
    for (const auto& client : clients_) {
      if (!IsFaithful(*client)) continue;
      client->Connect();
      Settle();
      if (!client->is_connected()) return ledger_.Violated("the first client cannot connect");
      for (const std::string& filter : client->habits().filters) client->Subscribe(filter);
      Settle();
    }
    ledger_.SetStep(++step_);
  }

  void Step() {
    ledger_.SetStep(++step_);
    Act(*clients_[random_.Below(clients_.size())]);
    if (random_.Chance(luck_.jump)) world_.Jump(milliseconds(random_.Between(1, 8000)));
    if (luck_.has_policies) ChangePolicies();
    for (uint32_t turns = random_.Below(4); turns > 0; --turns) {
      world_.RunShard(random_.Below(world_.shards()));
    }
    for (const auto& client : clients_) {
      if (random_.Chance(70)) Poll(*client);
    }
    for (const auto& client : clients_) Bind(*client);
  }

  // -- Policies.

  void ChangePolicies() {
    if (random_.Chance(luck_.reform)) Reform(/*lets_in=*/false);
    const uint32_t shard = random_.Below(world_.shards());
    if (!law_.KnowsNewest(shard) && random_.Chance(50)) law_.Tell(&world_, shard, step_);
  }

  void Reform(bool lets_in) {
    ++policies_;
    std::vector<Subject> subjects;
    for (const auto& client : clients_) {
      subjects.push_back({.name = client->name(),
                          .topics = client->habits().topics,
                          .filters = client->habits().filters,
                          .is_trusted = IsFaithful(*client)});
    }
    subjects.back().topics = {"r/#"};  // The witness clears what is retained.
    subjects.push_back({.name = "reader", .filters = {"r/#"}, .is_trusted = true});
    law_.Enact(DrawPolicy(subjects, lets_in, &random_), !lets_in && random_.Chance(15));
  }

  // What is in its output was let through earlier.
  void Bind(SimClient& client) {
    if (!law_.exists() || world_.shard(law_.HomeOf(client.name())).is_reviewing()) return;
    if (client.has_output()) return;
    Poll(client);
    ledger_.NothingIsUnderWay(client.name());
  }

  void Poll(SimClient& client) {
    client.Poll();
    if (client.owners() > 1) ledger_.Violated(client.name() + " has two owners");
    trace_ = (trace_ ^ (client.owners() + client.WaitsFor().size())) * 0x100000001B3;
  }

  void Act(SimClient& client) {
    if (client.is_offline()) {
      if (random_.Chance(60)) client.Connect();
      return;
    }
    if (IsGuest(client)) return ActAsGuest(client);
    const bool is_witness = &client == &witness();
    if (!is_witness && random_.Chance(luck_.drop)) return client.Drop();
    if (!client.is_connected()) return;
    const auto& filters = client.habits().filters;
    if (!IsFaithful(client)) {
      if (random_.Chance(luck_.disconnect)) return client.Disconnect();
      if (random_.Chance(luck_.unsubscribe)) {
        return client.Unsubscribe(random_.OneOf(std::span<const std::string>(filters)));
      }
      if (random_.Chance(10)) {
        return client.Subscribe(random_.OneOf(std::span<const std::string>(filters)));
      }
    }
    if (!is_witness) {
      if (random_.Chance(luck_.take_over)) return client.TakeItselfOver();
      if (random_.Chance(luck_.race)) return client.Race(random_.Between(1, 3));
      if (random_.Chance(luck_.slow)) return SlowDown(client);
    }
    if (random_.Chance(40)) return client.Acknowledge(random_.Between(1, 5));
    if (random_.Chance(5)) return client.Ping();
    client.Publish();
  }

  void ActAsGuest(SimClient& client) {
    if (!client.is_connected()) return;
    const std::string& filter = client.habits().filters.front();
    if (!client.is_asking() && random_.Chance(70)) {
      return random_.Chance(50) ? client.Subscribe(filter) : client.Unsubscribe(filter);
    }
    client.Acknowledge(random_.Between(1, 5));
  }

  void SlowDown(SimClient& client) {
    constexpr size_t kWindows[] = {0, 1, 7, 100, SIZE_MAX, SIZE_MAX};
    client.peer()->SetWindow(random_.OneOf(kWindows));
  }

  void Settle() {
    if (!world_.ComesToRest(kTurnsToRest)) ledger_.Violated("the broker does not come to rest");
    for (const auto& client : clients_) Poll(*client);
    for (const auto& client : clients_) Bind(*client);
  }

  // No more trouble: whoever is away comes back, and everything that was begun is ended.
  void Finish() {
    world_.SetMailboxSlots(kNoMailboxLimit);
    if (luck_.has_policies) {
      Reform(/*lets_in=*/true);
      law_.TellAll(&world_, step_);
    }
    Settle();
    for (int round = 0; round < kRoundsToFinish && Fine(); ++round) {
      bool done = true;
      for (const auto& client : clients_) {
        if (client->is_offline()) client->Connect();
        client->Unhinder();
        if (client->is_connected()) client->Acknowledge(SIZE_MAX);
        done = done && client->is_idle();
      }
      if (done && world_.Quiet()) break;
      Settle();
    }
    for (const auto& client : clients_) {
      if (!client->is_idle()) {
        return ledger_.Violated(
            fmt::format("in the end {} waits for {}", client->name(), client->WaitsFor()));
      }
      if (client->abandoned() > 0) {
        return ledger_.Violated(client->name() + " still has a connection that it gave up");
      }
    }
    ledger_.CheckPromises();
    for (uint32_t i = 0; i < world_.shards(); ++i) {
      ExpectNone("Packet Identifiers", world_.shard(i).CountPacketIds());
    }
  }

  void CheckRetained() {
    const auto expected = ledger_.RetainedNow("r/#");
    CoreWorld::Peer* peer = world_.Open();
    peer->Send(Bytes("10 12 0004 'MQTT' 04 02 0000 0006 'reader'"));
    peer->Send(Bytes("82 08 0001 0003 'r/#' 00"));
    Settle();
    std::vector<uint8_t> bytes = peer->Take();
    std::deque<Received> packets;
    TakePackets(&bytes, ProtocolVersion::k311, &packets);
    std::map<std::string, std::string> found;
    for (const Received& packet : packets) {
      if (packet.type == PacketType::kPublish) found[packet.topic] = packet.payload;
    }
    for (const auto& [topic, number] : expected.surely) {
      if (found[topic] == Ledger::PayloadOf(number)) continue;
      ledger_.Violated(
          fmt::format("on {} '{}' is retained, not message {}", topic, found[topic], number));
    }
    for (const std::string& topic : expected.withheld) {
      if (found[topic].empty()) continue;
      ledger_.Violated(fmt::format("on {} '{}' is retained, whose author may not publish it", topic,
                                   found[topic]));
    }
    peer->Send(Bytes("E0 00"));
    Settle();
  }

  void TakeLeave() {
    for (const auto& client : clients_) {
      if (client.get() != &witness()) client->Disconnect();
    }
    Settle();
    // Wills that wait for their delay.
    world_.Advance(kLongerThanAnyDelay);
    Settle();
    for (int round = 0; round < kRoundsToFinish && !witness().is_idle(); ++round) {
      witness().Acknowledge(SIZE_MAX);
      Settle();
    }
    ledger_.CheckWills();
  }

  void CleanUp() {
    for (const auto& client : clients_) {
      for (const std::string& topic : client->habits().topics) {
        if (topic.starts_with("r/")) witness().ClearRetained(topic);
      }
    }
    Settle();
    witness().Disconnect();
    Settle();
    for (const auto& client : clients_) client->Retire();
    if (!world_.ComesToRest(kTurnsToRest)) ledger_.Violated("the broker does not come to rest");
  }

  void ExpectNone(std::string_view what, uint64_t count) {
    if (count > 0) ledger_.Violated(fmt::format("{} {} are left", count, what));
  }

  void CheckNothingIsLeft() {
    for (uint32_t i = 0; i < world_.shards(); ++i) {
      ExpectNone("connections", world_.shard(i).connection_count());
      ExpectNone("Sessions", world_.shard(i).session_count());
      ExpectNone("Subscriptions", world_.shard(i).subscription_count());
      // Marks of other shards that want what matches are some of them.
      ExpectNone("levels of Topic Filters", world_.shard(i).filter_node_count());
      ExpectNone("Retained Messages", world_.shard(i).retained_count());
    }
    const BrokerTotals& totals = world_.totals();
    ExpectNone("connections of the broker", totals.connections);
    ExpectNone("Sessions of the broker", totals.sessions);
    ExpectNone("Retained Messages of the broker", totals.retained_messages);
    ExpectNone("bytes of output", totals.output_bytes);
    ExpectNone("congested shards", totals.congested);
    ExpectNone("bytes of messages", SharedBuffer::LiveBytes() - live_bytes_);
  }

  const size_t live_bytes_ = SharedBuffer::LiveBytes();
  Random random_;
  const Luck luck_;
  SimClient::Ears ears_;
  const CoreWorld::Options options_;
  Law law_;
  Ledger ledger_;
  CoreWorld world_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  uint32_t steps_ = 0;
  uint32_t step_ = 0;
  uint64_t policies_ = 0;
  uint64_t trace_ = 0;
};

}  // namespace

Outcome Simulate(uint64_t seed, Bug bug) { return Run(seed, std::move(bug)).Go(); }

}  // namespace signet::sim
