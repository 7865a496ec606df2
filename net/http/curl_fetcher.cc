#include "net/http/curl_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "net/http/curl_pool.h"
#include "net/http/request_check.h"
#include "net/http/steady_clock.h"

namespace signet {
namespace {

// Once in the life of the process; safe on any thread.
void PrepareLibcurl() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(prepared == CURLE_OK);  // It has no memory at the start, or no TLS library.
}

}  // namespace

CurlFetcher::CurlFetcher(Ring* ring, const Bounds& bounds)
    : bounds_(bounds), polls_(ring), deadlines_(ReadSteadyClock()) {
  PrepareLibcurl();
}

CurlFetcher::~CurlFetcher() {
  dying_ = true;
  for (const auto& pool : pools_) {
    while (CurlTransfer* transfer = pool->Any()) {
      End(*transfer, transfer->Failure("the broker is being stopped"));
    }
  }
  while (!ended_.empty()) RunEnded();
}

void CurlFetcher::Fetch(HttpRequest request, Done done) {
  CHECK(request.trust != nullptr);
  const auto fail = [&](HttpFailure failure) {
    ended_.push_back({.done = std::move(done), .outcome = std::move(failure)});
  };
  auto target = CheckRequest(request);
  if (!target.ok()) return fail(target.error());
  if (dying_) {
    return fail({.sentence = fmt::format("{}: the broker is being stopped", target->host)});
  }
  CurlPool& pool = PoolFor(request.trust);
  size_t waiting = 0;
  for (const auto& one : pools_) waiting += one->waiting();
  if (waiting >= bounds_.waiting && !MayStart(pool)) {
    return fail({.sentence = fmt::format("{}: not asked, as {} requests wait already", target->host,
                                         waiting),
                 .was_asked = false});
  }
  CurlTransfer& transfer = pool.Enqueue(std::move(request), std::move(*target), std::move(done));
  deadlines_.Set(transfer.deadline(), ReadSteadyClock() + transfer.timeout());
  StartWaiting();
}

CurlPool& CurlFetcher::PoolFor(const std::shared_ptr<const HttpTrust>& trust) {
  const auto found = std::ranges::find_if(pools_, [&](auto& pool) { return pool->IsFor(trust); });
  if (found != pools_.end()) return **found;
  return *pools_.emplace_back(std::make_unique<CurlPool>(trust, &polls_));
}

bool CurlFetcher::MayStart(const CurlPool& pool) const {
  size_t running = 0;
  for (const auto& one : pools_) running += one->running();
  return running < bounds_.running && pool.running() < bounds_.running_per_trust;
}

// One of each in turn, so that those that ask much leave room for the others.
void CurlFetcher::StartWaiting() {
  bool started = true;
  while (std::exchange(started, false)) {
    for (const auto& pool : pools_) {
      if (pool->waiting() == 0 || !MayStart(*pool)) continue;
      StartNext(*pool);
      started = true;
    }
  }
}

void CurlFetcher::StartNext(CurlPool& pool) {
  const Status status = pool.StartNext();
  if (!status.ok()) End(pool.Next(), pool.Next().Failure(status.sentence()));
}

void CurlFetcher::End(CurlTransfer& transfer, Expected<HttpResponse, HttpFailure> outcome) {
  ended_.push_back({.done = transfer.TakeDone(), .outcome = std::move(outcome)});
  transfer.pool().Drop(transfer);
}

void CurlFetcher::TakeEnded() {
  for (const auto& pool : pools_) {
    pool->TakeEnded([this](CurlTransfer& transfer, CURLcode code) {
      End(transfer, transfer.TakeOutcome(code));
    });
  }
}

// What a `done` asks may fail at once, and is then for the next time.
void CurlFetcher::RunEnded() {
  for (Ended& ended : std::exchange(ended_, {})) {
    std::move(ended.done)(std::move(ended.outcome));
  }
}

void CurlFetcher::OnCompletion(const Completion& completion) {
  const Instant now = ReadSteadyClock();
  if (completion.tag().op == Op::kCancelHttpPoll) return polls_.OnCancel(completion, now);
  if (const auto ready = polls_.OnPoll(completion, now)) ready->owner->OnReady(*ready);
}

void CurlFetcher::CheckTime(Instant now) {
  for (const auto& pool : pools_) pool->CheckTime(now);
  TakeEnded();  // What has come in time counts, also if we were late to look.
  deadlines_.Advance(now, [this](Timer& timer) {
    auto& transfer = *static_cast<CurlTransfer*>(timer.owner());
    End(transfer, transfer.TooLate());
  });
  StartWaiting();
  std::erase_if(pools_, [&](const auto& pool) { return pool->IsDone(now); });
  polls_.CheckTime(now);
  polls_.Settle();
  RunEnded();
}

Instant CurlFetcher::NextDeadline() const {
  if (!ended_.empty()) return Instant();
  Instant next = std::min(deadlines_.NextDeadline(), polls_.NextDeadline());
  for (const auto& pool : pools_) next = std::min(next, pool->NextDeadline());
  return next;
}

}  // namespace signet
