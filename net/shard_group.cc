#include "net/shard_group.h"

#include <pthread.h>
#include <sched.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "core/base/check.h"
#include "core/broker/shard_context.h"
#include "fmt/format.h"
#include "net/auth_thread.h"
#include "net/mailroom.h"
#include "net/shard.h"

namespace signet {
namespace {

// How often a drain looks whether it is done.
constexpr auto kDrainInterval = std::chrono::milliseconds(5);

void FillRandom(uint8_t* bytes, size_t size) {
  while (size > 0) {
    const ssize_t filled = getrandom(bytes, size, 0);
    if (filled < 0) continue;  // Interrupted by a signal.
    bytes += filled;
    size -= static_cast<size_t>(filled);
  }
}

// Binds this thread to the `index`-th processor that the process may use. Without success nothing
// is lost but some speed.
void PinTo(uint32_t index) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || index-- != 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    pthread_setaffinity_np(pthread_self(), sizeof one, &one);
    return;
  }
}

}  // namespace

ShardGroup::ShardGroup(Options options, LogSink* log)
    : options_(std::move(options)),
      log_(*log),
      totals_(std::make_unique<BrokerTotals>()),
      mailroom_(std::make_unique<Mailroom>(options_.shards)),
      sums_(options_.shards),
      last_(options_.shards + (options_.make_auth_desk ? 1 : 0)) {
  FillRandom(reinterpret_cast<uint8_t*>(&hash_seed_), sizeof hash_seed_);
}

StatusOr<std::unique_ptr<ShardGroup>> ShardGroup::Start(Options options, LogSink* log) {
  std::unique_ptr<ShardGroup> group(new ShardGroup(std::move(options), log));
  if (Status status = group->Prepare(); !status.ok()) return status;
  if (Status status = group->Launch(); !status.ok()) return status;
  Status opened = group->Apply(std::move(group->options_.ports), group->options_.limits);
  if (!opened.ok()) return opened;
  return group;
}

ShardGroup::~ShardGroup() { Stop(); }

Status ShardGroup::Prepare() {
  const auto features = ProbeKernel();
  if (!features.ok()) return features.error();
  features_ = *features;
  for (uint32_t i = 0; i < options_.shards; ++i) {
    if (Status status = mailroom_->doorbell(ShardId(i)).Open(); !status.ok()) return status;
  }
  return mailroom_->auth_doorbell().Open();
}

Status ShardGroup::Launch() {
  std::vector<std::future<Status>> ready;
  for (uint32_t i = 0; i < options_.shards; ++i) {
    std::promise<Status> promise;
    ready.push_back(promise.get_future());
    threads_.emplace_back(&ShardGroup::Main, this, i, std::move(promise));
  }
  if (options_.make_auth_desk) {
    std::promise<Status> promise;
    ready.push_back(promise.get_future());
    auth_thread_ = std::thread(&ShardGroup::AuthMain, this, std::move(promise));
  }
  Status first_error;
  for (auto& outcome : ready) {
    Status status = outcome.get();
    if (first_error.ok()) first_error = std::move(status);
  }
  serve_ = first_error.ok();
  all_ready_.count_down();
  if (first_error.ok()) return Status::Ok();
  Join();
  return first_error;
}

// The life of a shard's thread.
void ShardGroup::Main(uint32_t index, std::promise<Status> ready) {
  pthread_setname_np(pthread_self(), fmt::format("shard {}", index).c_str());
  if (options_.pin) PinTo(index);
  auto shard = Shard::Create({.context = {.self = ShardId(index),
                                          .shards = options_.shards,
                                          .hash_seed = hash_seed_,
                                          .limits = &options_.limits,
                                          .totals = totals_.get(),
                                          .log = &log_,
                                          .random = FillRandom,
                                          .memory_bytes = options_.memory_bytes,
                                          .response_information = options_.response_information},
                              .features = features_,
                              .ring = options_.ring,
                              .mailroom = mailroom_.get()});
  ready.set_value(shard.ok() ? Status::Ok() : shard.error());
  all_ready_.wait();
  if (serve_) {
    (*shard)->Run();
    sums_[index] = SumsOf(**shard);
  }
  last_.arrive_and_wait();
}

// And of the auth shard's.
void ShardGroup::AuthMain(std::promise<Status> ready) {
  pthread_setname_np(pthread_self(), "auth");
  auto thread = AuthThread::Create(mailroom_.get(), features_, options_.make_auth_desk, &log_);
  ready.set_value(thread.ok() ? Status::Ok() : thread.error());
  all_ready_.wait();
  if (serve_) (*thread)->Run();
  last_.arrive_and_wait();
}

void ShardGroup::Join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (auth_thread_.joinable()) auth_thread_.join();
}

// -- Ports.

std::vector<std::shared_ptr<const Port>> ShardGroup::ports() const {
  std::vector<std::shared_ptr<const Port>> ports;
  for (const OpenPort& open : ports_) ports.push_back(open.port);
  return ports;
}

std::vector<ListenAddress> ShardGroup::addresses() const {
  std::vector<ListenAddress> addresses;
  for (const OpenPort& open : ports_) addresses.push_back(open.port->settings.address);
  return addresses;
}

Status ShardGroup::Apply(std::vector<PortSettings> ports, const Limits& limits) {
  if (Status status = CheckApart(ports); !status.ok()) return status;
  std::vector<Candidate> candidates;
  for (PortSettings& settings : ports) {
    auto candidate = Consider(std::move(settings), candidates);
    if (!candidate.ok()) return candidate.error();
    candidates.push_back(std::move(*candidate));
  }
  options_.limits = limits;
  TellAuthOf(candidates);
  Introduce(candidates);
  Switch(candidates);
  return Status::Ok();
}

// Sockets of ours share a number (SO_REUSEPORT), so the kernel would deal the clients of one
// address out to both ports, whatever each of them asks of its clients.
Status ShardGroup::CheckApart(const std::vector<PortSettings>& ports) const {
  std::vector<SocketAddress> taken;
  std::vector<const OpenPort*> kept;
  for (const PortSettings& settings : ports) {
    if (settings.address.is_path()) continue;
    SocketAddress address = settings.address.address;
    if (address.port() == 0) {  // It keeps the number that it was given, if it was.
      const std::string asked = settings.address.ToText();
      const auto before = std::ranges::find_if(ports_, [&](const OpenPort& open) {
        return open.asked == asked && std::ranges::find(kept, &open) == kept.end();
      });
      if (before == ports_.end()) continue;
      kept.push_back(&*before);
      address = before->port->settings.address.address;
    }
    if (std::ranges::any_of(taken, [&](const SocketAddress& one) { return one.Meets(address); })) {
      return Status::Error(
          fmt::format("cannot listen on {}: another port is there", address.ToText()));
    }
    taken.push_back(address);
  }
  return Status::Ok();
}

// Opens what is new; changes nothing. `others` are those before it; port 0 may stand for several.
StatusOr<ShardGroup::Candidate> ShardGroup::Consider(PortSettings settings,
                                                     const std::vector<Candidate>& others) {
  CHECK(settings.authentication == nullptr || auth_thread_.joinable());
  Candidate candidate;
  candidate.open.asked = settings.address.ToText();
  const auto before = std::ranges::find_if(ports_, [&](const OpenPort& open) {
    return open.asked == candidate.open.asked &&
           std::ranges::find(others, &open, &Candidate::before) == others.end();
  });
  PortId id;
  auto load = std::make_shared<PortLoad>();
  if (before != ports_.end()) {
    const Port& old = *before->port;
    candidate.before = &*before;
    candidate.replaces = old.settings.terms != settings.terms;
    const uint32_t mode = settings.address.mode;
    settings.address = old.settings.address;
    settings.address.mode = mode;
    id = old.id;
    if (!candidate.replaces) load = old.load;
  } else {
    auto listener = Listener::Open(
        settings.address, options_.shards,
        IsAmongOurs(settings.address) ? Listener::Neighbours::kOurs : Listener::Neighbours::kNone);
    if (!listener.ok()) return listener.error();
    settings.address = listener->address();
    candidate.open.file = listener->TakeFile();
    candidate.listener = std::move(*listener);
  }
  if (before == ports_.end() || candidate.replaces) {
    auto fresh = NewPortId();
    if (!fresh.ok()) return fresh.error();
    id = *fresh;
  }
  candidate.open.port =
      std::make_shared<Port>(Port{.id = id, .settings = std::move(settings), .load = load});
  return candidate;
}

StatusOr<PortId> ShardGroup::NewPortId() {
  if (port_ids_ > UINT16_MAX) {
    return Status::Error("too many ports were opened since the broker started; restart it");
  }
  return PortId(static_cast<uint16_t>(port_ids_++));
}

// One of our own ports with another address, and the same number, would be in the way.
bool ShardGroup::IsAmongOurs(const ListenAddress& address) const {
  return std::ranges::any_of(ports_, [&](const OpenPort& open) {
    return address.port() != 0 && open.port->settings.address.port() == address.port();
  });
}

// Before any shard can ask.
void ShardGroup::TellAuthOf(const std::vector<Candidate>& candidates) {
  if (!auth_thread_.joinable()) return;
  AskAuth([&](AuthThread& thread) {
    for (const Candidate& candidate : candidates) {
      const Port& port = *candidate.open.port;
      if (port.settings.authentication == nullptr) continue;
      thread.desk().SetPort(port.id, port.settings.name, port.settings.authentication);
    }
  });
}

void ShardGroup::Introduce(const std::vector<Candidate>& candidates) {
  AskAll([&](Shard& shard, size_t) {
    shard.SetLimits(options_.limits);
    for (const Candidate& candidate : candidates) shard.SetPort(candidate.open.port);
  });
}

void ShardGroup::Switch(std::vector<Candidate>& candidates) {
  std::vector<Gone> gone;
  for (OpenPort& open : ports_) {
    if (std::ranges::find(candidates, &open, &Candidate::before) == candidates.end()) {
      gone.push_back({.id = open.port->id, .heir = HeirOf(*open.port, candidates)});
    }
  }
  AskAll([&](Shard& shard, size_t index) {
    for (const Gone& port : gone) shard.ClosePort(port.id, port.heir);
    for (Candidate& candidate : candidates) {
      const PortId id = candidate.open.port->id;
      if (candidate.replaces) shard.Replace(candidate.before->port->id, id);
      if (candidate.listener) {
        shard.Listen(id, candidate.listener->TakeSocket(static_cast<uint32_t>(index)));
      }
    }
  });
  ForgetAtAuth(gone, candidates);
  std::vector<OpenPort> ports;
  for (Candidate& candidate : candidates) {
    if (candidate.before != nullptr) {
      candidate.open.asked = std::move(candidate.before->asked);
      candidate.open.file = std::move(candidate.before->file);
      SetMode(*candidate.before, candidate.open);
    }
    ports.push_back(std::move(candidate.open));
  }
  ports_ = std::move(ports);
}

// One that stays, or is new, with the policy of that name, so that a change of it still reaches
// what the clients of the port have left behind.
std::optional<PortId> ShardGroup::HeirOf(const Port& port,
                                         const std::vector<Candidate>& candidates) {
  const PortAuthorization* authorization = port.settings.authorization.get();
  if (authorization == nullptr || authorization->policy.empty()) return std::nullopt;
  const auto heir = std::ranges::find_if(candidates, [&](const Candidate& candidate) {
    const PortAuthorization* other = candidate.open.port->settings.authorization.get();
    return other != nullptr && other->policy == authorization->policy;
  });
  if (heir == candidates.end()) return std::nullopt;
  return heir->open.port->id;
}

// Of a UNIX socket that stays: who may connect from now on.
void ShardGroup::SetMode(const OpenPort& before, const OpenPort& now) {
  const ListenAddress& address = now.port->settings.address;
  if (!address.is_path() || address.mode == before.port->settings.address.mode) return;
  if (now.file->SetMode(address.mode)) return;
  log_.Write(LogLevel::kError, "cannot change who may connect to a UNIX socket",
             {{"path", address.path}, {"error", std::generic_category().message(errno)}});
}

// Their clients are being sent away.
void ShardGroup::ForgetAtAuth(const std::vector<Gone>& gone,
                              const std::vector<Candidate>& candidates) {
  if (!auth_thread_.joinable()) return;
  AskAuth([&](AuthThread& thread) {
    for (const Gone& port : gone) thread.desk().ClosePort(port.id);
    for (const Candidate& candidate : candidates) {
      if (candidate.replaces) thread.desk().ClosePort(candidate.before->port->id);
    }
  });
}

// -- What it holds, and the end.

ShardGroup::Held ShardGroup::TakeHeld() {
  constexpr uint64_t kPerConnection = 512;
  constexpr uint64_t kPerSession = 512;
  const uint64_t clients = totals_->connections * kPerConnection + totals_->sessions * kPerSession;
  const uint64_t bytes = totals_->held_bytes();
  return {.bytes = clients + bytes,
          .most = clients + std::max(bytes, totals_->most_bytes.exchange(0))};
}

void ShardGroup::Drain() {
  if (threads_.empty()) return;
  AskAll([](Shard& shard, size_t) { shard.Drain(); });
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(options_.limits.drain_timeout_s);
  while (Sum().connections > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(kDrainInterval);
  }
  Stop();
}

void ShardGroup::Stop() {
  if (threads_.empty()) return;
  AskAll([](Shard& shard, size_t) { shard.Stop(); });
  if (auth_thread_.joinable()) AskAuth([](AuthThread& thread) { thread.Stop(); });
  Join();
}

ShardGroup::Sums ShardGroup::SumsOf(const Shard& shard) {
  return {.core = shard.counters(),
          .net = shard.net_counters(),
          .connections = shard.connections(),
          .sessions = shard.sessions()};
}

ShardGroup::Sums ShardGroup::Sum() {
  if (!threads_.empty()) {
    AskAll([this](const Shard& shard, size_t index) { sums_[index] = SumsOf(shard); });
  }
  Sums total;
  for (const Sums& each : sums_) {
    total.core += each.core;
    total.net += each.net;
    total.connections += each.connections;
    total.sessions += each.sessions;
  }
  return total;
}

}  // namespace signet
