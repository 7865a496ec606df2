#include "net/shard.h"

#include <algorithm>
#include <chrono>
#include <variant>

#include "core/base/check.h"
#include "fmt/format.h"
#include "net/clock.h"

namespace signet {
namespace {

// Receive buffers of a shard: half of a processor's second-level cache, whichever way they are cut.
constexpr BufferRing::Options kIncrementalBuffers{
    .buffers = 8, .buffer_bytes = 64 * 1024, .incremental = true};
constexpr BufferRing::Options kPlainBuffers{
    .buffers = 256, .buffer_bytes = 2048, .incremental = false};
constexpr uint32_t kReceiveCap = 16 * 1024;

// After so many completions what they have caused is sent before more are looked at.
constexpr size_t kCompletionsPerTurn = 1024;

// While receives come this thick, waiting a moment for more of them saves a turn for each; a lone
// message is not held up.
constexpr size_t kBusyReceives = 32;
constexpr unsigned kBusyBatch = 64;
constexpr Duration kBusyWait = std::chrono::microseconds(30);
// From 6.12 until a mend of December 2025 Linux forgets, when nothing has come in that time, that
// from then on one would do: it went on waiting for the whole batch, for seconds.
constexpr Duration kBusyMost = std::chrono::microseconds(200);

// When a mailbox is looked at again that had no room.
constexpr Duration kShardBacklogInterval = milliseconds(1);
constexpr Duration kAuthBellPause = milliseconds(500);

ShardContext::Setup WithLimits(ShardContext::Setup context, const Limits* limits) {
  context.limits = limits;
  return context;
}

}  // namespace

StatusOr<std::unique_ptr<Shard>> Shard::Create(Setup setup) {
  auto ring = Ring::Create(setup.ring);
  if (!ring.ok()) return ring.error();
  auto buffers = BufferRing::Create(
      ring->get(), setup.features.incremental_buffers ? kIncrementalBuffers : kPlainBuffers);
  if (!buffers.ok()) return buffers.error();
  return std::unique_ptr<Shard>(new Shard(std::move(setup), std::move(*ring), std::move(*buffers)));
}

Shard::Shard(Setup setup, std::unique_ptr<Ring> ring, std::unique_ptr<BufferRing> buffers)
    : self_(setup.context.self),
      mailroom_(*setup.mailroom),
      doorbell_(mailroom_.doorbell(self_)),
      ring_(std::move(ring)),
      buffers_(std::move(buffers)),
      now_(ReadClock()),
      limits_(*setup.context.limits),
      log_(*setup.context.log),
      broker_(WithLimits(std::move(setup.context), &limits_), {}, now_),
      connections_({.ring = ring_.get(),
                    .buffers = buffers_.get(),
                    .broker = &broker_,
                    .ports = &ports_,
                    .limits = &limits_,
                    .log = &log_,
                    .counters = &counters_},
                   {.receive_cap = setup.features.receive_cap ? kReceiveCap : 0}) {
  doorbell_.Install(ring_.get(), setup.features.ring_messages);
}

Shard::~Shard() { CHECK(connections_.size() == 0); }

void Shard::Run() {
  while (!stopping_ || connections_.size() > 0) RunOnce();
}

// One turn. Its order:
//
//   1. The kernel gets, in one call, all that the last turn has prepared, and we sleep in the same
//      call if there is nothing to do. The clock is read once; the whole turn happens at that
//      moment. Mail was looked for before: none that is taken speaks of a later moment, so that no
//      message is younger here than where it came from.
//   2. Mail of other shards first: it is older than what the kernel brings now, and its senders get
//      their room back soonest. What it makes us send leaves together with what the rest of the
//      turn does.
//   3. Completions, until the kernel has none left: it gives deferred work out in small portions,
//      and to send between them would make many small sends out of one large.
//   4. What has taken too long, and then the broker's own timers and deferred work.
//   5. What the broker wants of the connections, which becomes one send for each, and of other
//      shards, whose doorbell is rung if they sleep. All of it leaves with step 1 of the next turn.
void Shard::RunOnce() {
  Wait();
  LookForMail();
  now_ = ReadClock();
  ++counters_.turns;
  broker_.BeginTurn(now_);
  connections_.BeginTurn(now_);
  TakeMail();
  ReapCompletions();
  CheckTime();
  broker_.EndTurn();
  connections_.TakeEffects();
  PassMailOn();
}

void Shard::Wait() {
  Ring::Wait wait;
  const Instant deadline = NextDeadline();
  if (deadline > now_ && !ring_->HasCompletions() &&
      doorbell_.FallAsleep([this] { return HasMail(); })) {
    wait.completions = 1;
    wait.at_most = deadline - now_;
    if (received_ >= kBusyReceives) {
      wait.completions = kBusyBatch;
      wait.at_least = kBusyWait;
      wait.at_most = std::min(wait.at_most, kBusyMost);
    }
  }
  ring_->Enter(wait);
  doorbell_.WakeUp();
}

Instant Shard::NextDeadline() const {
  Instant next = std::min({broker_.NextDeadline(), connections_.NextDeadline(),
                           doorbell_.NextDeadline(), auth_bell_due_});
  for (const Door& door : doors_) next = std::min(next, door.acceptor->NextDeadline());
  if (backlog_) next = std::min(next, now_ + kShardBacklogInterval);
  return next;
}

bool Shard::HasMail() const {
  if (mailroom_.control(self_).HasMail() || mailroom_.from_auth(self_).HasMail()) return true;
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    if (ShardId(i) != self_ && mailroom_.box(ShardId(i), self_).HasMail()) return true;
  }
  return false;
}

void Shard::LookForMail() {
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    if (ShardId(i) != self_) mailroom_.box(ShardId(i), self_).Look();
  }
}

void Shard::TakeMail() {
  mailroom_.control(self_).Take([this](ControlTask&& task) { task(*this); });
  mailroom_.from_auth(self_).Take(
      [this](MailFromAuth&& mail) { broker_.Deliver(std::move(mail)); });
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    const ShardId from(i);
    if (from == self_) continue;
    mailroom_.box(from, self_).TakeSeen([&](ShardMessage&& message) {
      if (auto* hand_over = std::get_if<HandOver>(&message)) {
        connections_.Adopt(std::move(*hand_over));
      } else {
        broker_.Deliver(from, std::move(message));
      }
    });
  }
}

void Shard::ReapCompletions() {
  const uint64_t received_before = counters_.receives;
  size_t budget = kCompletionsPerTurn;
  while (true) {
    if (ring_->lost() != lost_) [[unlikely]]
      StartOver();
    budget -= ring_->Reap(budget, [this](const Completion& completion) { Handle(completion); });
    if (budget == 0 || !ring_->HasDeferredWork()) break;
    ring_->Enter({});
    // The kernel may leave its flag set when it has done the work already.
    if (!ring_->HasCompletions()) break;
  }
  received_ = counters_.receives - received_before;
  DCHECK(ring_->HasCompletions() || ring_->HasDeferredWork() || ring_->lost() != lost_ ||
         buffers_->AgreesWithKernel());
}

// The kernel had no memory to tell us that something has ended, and nobody knows what. We would
// wait for it for ever, and if it was a receive, look for everybody's next bytes in the wrong
// place. So all clients of this shard are cut off, whatever their connections believe to be in
// flight (Connections::OnCancelAll); what still stands in the queue counts, except for received
// bytes; the buffers begin anew; accept and doorbell ask for what they wait for. Only a connection
// whose accept was lost remains, unseen, as nobody knows its descriptor.
void Shard::StartOver() {
  log_.Write(LogLevel::kError, "the kernel had no memory for completions; all clients are cut off",
             {{"shard", fmt::format("{}", self_.value())},
              {"lost", fmt::format("{}", ring_->lost() - lost_)}});
  buffers_->Distrust();
  // It comes to an end: no buffer is given back meanwhile, and without one nothing is received.
  do {
    ring_->Reap(SIZE_MAX, [this](const Completion& completion) { Handle(completion); });
    ring_->Enter({});
  } while (ring_->HasCompletions());
  lost_ = ring_->lost();
  connections_.CutOffAll("the kernel had no memory for its completions");
  buffers_->Renew();
  for (const Door& door : doors_) door.acceptor->Reassure();
  doorbell_.Reassure();
}

void Shard::Handle(const Completion& completion) {
  const OpTag tag = completion.tag();
  switch (tag.op) {
    case Op::kReceive:
      return connections_.OnReceive(completion);
    case Op::kSend:
      return connections_.OnSend(completion);
    case Op::kCancel:
      return connections_.OnCancel(completion);
    case Op::kCancelAll:
      return connections_.OnCancelAll(completion);
    case Op::kAccept:
      return OnAccept(completion);
    case Op::kAskForAccept:
      return doors_[tag.slot].acceptor->OnAnswer(completion, now_);
    case Op::kAskForReadEvent:
      return doorbell_.OnAnswer(completion, now_);
    case Op::kReadEvent:
      return doorbell_.OnReadEvent(completion, now_);
    case Op::kRingBell:
      return mailroom_.doorbell(ShardId(tag.slot)).RingByEvent();
    case Op::kDoorbell:  // We are awake now; that was all.
    case Op::kNone:
    case Op::kPollHttp:  // HTTPS servers are asked on another ring.
    case Op::kCancelHttpPoll:
      return;
  }
}

void Shard::OnAccept(const Completion& completion) {
  const Door& door = doors_[completion.tag().slot];
  Socket socket = door.acceptor->OnAccept(completion, now_);
  if (socket) connections_.Open(door.port, std::move(socket));
}

void Shard::CheckTime() {
  for (const Door& door : doors_) door.acceptor->CheckTime(now_);
  doorbell_.CheckTime(now_);
  connections_.CheckTime();
}

void Shard::PassMailOn() {
  backlog_ = false;
  PassToAuth();
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    const ShardId to(i);
    if (to == self_) continue;
    BlockQueue<ShardMessage>& waiting = broker_.outgoing(to);
    if (waiting.empty()) continue;
    Mailbox<ShardMessage>& box = mailroom_.box(self_, to);
    while (!waiting.empty() && box.TryPush(waiting.front())) waiting.DropFront();
    if (!waiting.empty()) backlog_ = true;
    if (box.Publish() && mailroom_.doorbell(to).WakeFrom(*ring_, self_, to)) ++counters_.doorbells;
  }
}

// To wake the auth shard costs more than most of what it is asked, so what can wait does: it takes
// its mail whenever it is awake, and is woken for the rest once in kAuthBellPause.
void Shard::PassToAuth() {
  BlockQueue<MailToAuth>& waiting = broker_.to_auth();
  bool is_urgent = now_ >= auth_bell_due_;
  if (waiting.empty() && !is_urgent) return;
  Mailbox<MailToAuth>& box = mailroom_.to_auth(self_);
  for (; !waiting.empty(); waiting.DropFront()) {
    const bool wakes = IsUrgent(waiting.front());
    if (!box.TryPush(waiting.front())) break;
    is_urgent = is_urgent || wakes;
  }
  if (!waiting.empty()) backlog_ = is_urgent = true;
  const bool is_new = box.Publish();
  if (!is_urgent && !box.IsHalfFull()) {
    if (is_new) auth_bell_due_ = std::min(auth_bell_due_, now_ + kAuthBellPause);
    return;
  }
  auth_bell_due_ = Instant::Never();
  if (mailroom_.auth_doorbell().WakeFrom(*ring_, self_, mailroom_.auth_shard())) {
    ++counters_.doorbells;
  }
}

// -- Ports.

void Shard::SetPort(std::shared_ptr<const Port> port) {
  const PortSettings& settings = port->settings;
  const PolicyTable::Present policy = policies_.Renew(*port);
  PortAccess access{.authenticates = settings.authentication != nullptr,
                    .authorizer = policy.authorizer,
                    .policy_epoch = policy.epoch,
                    .handshake_timeout_s = settings.handshake_timeout_s,
                    .connect_timeout_s = settings.connect_timeout_s};
  if (settings.authorization != nullptr && settings.authorization->disconnects) {
    access.disconnect_before = policy.epoch;
  }
  broker_.SetPort(port->id, access);
  policies_.Retire();
  ports_.Set(std::move(port));
}

void Shard::Listen(PortId port, Socket listener) {
  if (broker_.is_draining()) return;
  // The place of one that has stopped is used again.
  const auto free =
      std::ranges::find_if(doors_, [](const Door& door) { return door.acceptor->is_stopped(); });
  const auto index = static_cast<uint32_t>(free - doors_.begin());
  if (free == doors_.end()) doors_.emplace_back();
  doors_[index] = {.port = port,
                   .acceptor = std::make_unique<Acceptor>(index, std::move(listener), ring_.get(),
                                                          &log_, &counters_)};
  doors_[index].acceptor->Start();
}

void Shard::Replace(PortId from, PortId to) {
  for (Door& door : doors_) {
    if (door.port == from) door.port = to;
  }
  Inherit(from, to);
  Forget(from);
}

// Its clients, who may be many, need nothing of its settings any more.
void Shard::Forget(PortId port) {
  const Port& old = ports_.Get(port);
  ports_.Set(std::make_shared<Port>(
      Port{.id = port,
           .settings = {.name = old.settings.name, .address = old.settings.address},
           .load = old.load}));
}

void Shard::ClosePort(PortId port) {
  for (const Door& door : doors_) {
    if (door.port == port) door.acceptor->Stop();
  }
  broker_.ClosePort(port);
  Forget(port);
}

void Shard::Inherit(PortId port, PortId heir) {
  broker_.ReplacePort(port, heir);
  policies_.Drop(port);
}

void Shard::Govern(PortId port, std::shared_ptr<const PortAuthorization> authorization) {
  Port closed = ports_.Get(port);
  closed.settings.authorization = std::move(authorization);
  SetPort(std::make_shared<const Port>(std::move(closed)));
  Forget(port);
}

void Shard::Drain() {
  if (broker_.is_draining()) return;
  for (const Door& door : doors_) door.acceptor->Stop();
  broker_.Drain();
}

void Shard::Stop() {
  Drain();
  connections_.CutOffAll("the broker is being stopped");
  stopping_ = true;
}

NetCounters Shard::net_counters() const {
  NetCounters counters = counters_;
  counters.system_calls = ring_->enters();
  counters.completion_overflows = ring_->overflows();
  counters.completions_lost = ring_->lost();
  return counters;
}

}  // namespace signet
