#include "net/auth_thread.h"

#include <algorithm>
#include <chrono>

#include "net/clock.h"

namespace signet {
namespace {

// Few operations are ever in flight: a poll for each connection to a server, and the doorbell.
constexpr Ring::Options kRing{.sq_entries = 256, .cq_entries = 4096};

// When a mailbox is looked at again that had no room.
constexpr Duration kBacklogInterval = std::chrono::microseconds(500);

}  // namespace

StatusOr<std::unique_ptr<AuthThread>> AuthThread::Create(Mailroom* mailroom,
                                                         const KernelFeatures& features,
                                                         const MakeAuthDesk& make_desk,
                                                         LogSink* log) {
  auto ring = Ring::Create(kRing);
  if (!ring.ok()) return ring.error();
  std::unique_ptr<AuthThread> thread(new AuthThread(mailroom, std::move(*ring), log));
  thread->http_ = std::make_unique<CurlFetcher>(thread->ring_.get());
  thread->worker_ =
      std::make_unique<WorkerThread>([mailroom] { mailroom->auth_doorbell().Wake(); });
  thread->desk_ = make_desk({.shards = mailroom->shards(),
                             .http = thread->http_.get(),
                             .worker = thread->worker_.get(),
                             .log = log,
                             .now = thread->now_,
                             .wall = ReadWallClock()});
  mailroom->auth_doorbell().Install(thread->ring_.get(), features.ring_messages);
  return thread;
}

AuthThread::AuthThread(Mailroom* mailroom, std::unique_ptr<Ring> ring, LogSink* log)
    : mailroom_(*mailroom), log_(*log), ring_(std::move(ring)), now_(ReadClock()) {}

AuthThread::~AuthThread() {
  if (worker_ != nullptr) worker_->Stop();  // It can be asked after that, as HTTP cannot.
}

void AuthThread::Run() {
  while (!stopping_) RunOnce();
}

void AuthThread::RunOnce() {
  Wait();
  now_ = ReadClock();
  desk_->BeginTurn(now_, ReadWallClock());
  ring_->Reap(SIZE_MAX, [this](const Completion& completion) { Handle(completion); });
  if (ring_->lost() != lost_) {
    lost_ = ring_->lost();
    log_.Write(LogLevel::kError, "the kernel had no memory for completions of the auth shard", {});
    mailroom_.auth_doorbell().Reassure();
    http_->Reassure();
  }
  mailroom_.auth_doorbell().CheckTime(now_);
  http_->CheckTime(now_);
  worker_->FinishDone();
  TakeMail();
  desk_->EndTurn();
  PassMailOn();
}

void AuthThread::Wait() {
  Ring::Wait wait;
  const Instant deadline = NextDeadline();
  if (deadline > now_ && !ring_->HasCompletions() &&
      mailroom_.auth_doorbell().FallAsleep([this] { return HasMail(); })) {
    wait.completions = 1;
    wait.at_most = deadline - now_;
  }
  ring_->Enter(wait);
  mailroom_.auth_doorbell().WakeUp();
}

Instant AuthThread::NextDeadline() const {
  const Instant next = std::min(
      {desk_->NextDeadline(), http_->NextDeadline(), mailroom_.auth_doorbell().NextDeadline()});
  return backlog_ ? std::min(next, now_ + kBacklogInterval) : next;
}

void AuthThread::Handle(const Completion& completion) {
  const OpTag tag = completion.tag();
  switch (tag.op) {
    case Op::kAskForReadEvent:
      return mailroom_.auth_doorbell().OnAnswer(completion, now_);
    case Op::kReadEvent:
      return mailroom_.auth_doorbell().OnReadEvent(completion, now_);
    case Op::kPollHttp:
    case Op::kCancelHttpPoll:
      return http_->OnCompletion(completion);
    case Op::kRingBell:
      return mailroom_.doorbell(ShardId(tag.slot)).RingByEvent();
    default:  // We are awake now; that was all.
      return;
  }
}

bool AuthThread::HasMail() const {
  if (mailroom_.auth_control().HasMail() || worker_->HasFinished()) return true;
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    if (mailroom_.to_auth(ShardId(i)).HasMail()) return true;
  }
  return false;
}

// Tasks see what the shards have told: a report, who is still there.
void AuthThread::TakeMail() {
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    const ShardId from(i);
    mailroom_.to_auth(from).Take([&](MailToAuth&& mail) { desk_->Take(from, std::move(mail)); });
  }
  mailroom_.auth_control().Take([this](AuthTask&& task) { task(*this); });
}

void AuthThread::PassMailOn() {
  backlog_ = false;
  for (uint32_t i = 0; i < mailroom_.shards(); ++i) {
    const ShardId to(i);
    BlockQueue<MailFromAuth>& waiting = desk_->outgoing(to);
    if (waiting.empty()) continue;
    Mailbox<MailFromAuth>& box = mailroom_.from_auth(to);
    while (!waiting.empty() && box.TryPush(waiting.front())) waiting.DropFront();
    if (!waiting.empty()) backlog_ = true;
    if (box.Publish()) mailroom_.doorbell(to).WakeFrom(*ring_, mailroom_.auth_shard(), to);
  }
}

}  // namespace signet
