#include "net/shard_group.h"

#include <pthread.h>
#include <sched.h>
#include <sys/random.h>

#include <chrono>

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
