// CurlFetcher: HttpFetcher by libcurl, on a ring that belongs to somebody else. It is told of
// completions and of time, and says when it wants to be told: it never blocks, and starts no thread
// but those in which libcurl resolves names. Made, used and destroyed on the ring's thread.
//
//   ring->Enter(... until NextDeadline() ...); OnCompletion() for each of its own; CheckTime().
//
// HTTPS alone, over TLS 1.2 or newer, by HTTP/2 where the server offers it. Redirects are not
// followed; there are no proxies, cookies, credentials of a user's files, or decompression.
//
// In one life a ring has one fetcher: completions of a former one could be taken for those of the
// next. Instants are of the steady clock, which libcurl reads itself.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/access/http_fetcher.h"
#include "core/base/timer_wheel.h"
#include "net/http/poll_set.h"

namespace signet {

class CurlTransfer;

class CurlFetcher final : public HttpFetcher {
 public:
  // All requests together, those to a server that hangs among them.
  struct Bounds {
    uint32_t running = 1024;           // With libcurl. Further ones wait,
    uint32_t running_per_trust = 256;  // so that one hung server does not hold up the others;
    uint32_t waiting = 8192;           // and beyond these they fail.
  };

  explicit CurlFetcher(Ring* ring) : CurlFetcher(ring, Bounds()) {}
  CurlFetcher(Ring* ring, const Bounds& bounds);
  CurlFetcher(const CurlFetcher&) = delete;
  CurlFetcher& operator=(const CurlFetcher&) = delete;
  // Runs what is open; a `done` that asks again is told again, so it must not do so for ever. What
  // of the fetcher completes later in the ring is to be ignored.
  ~CurlFetcher() override;

  // A `done` runs within CheckTime() or the destructor. It may ask again; it must not destroy the
  // fetcher.
  void Fetch(HttpRequest request, Done done) override;

  // Op::kPollHttp and Op::kCancelHttpPoll.
  void OnCompletion(const Completion& completion);
  // Ring::lost() has grown.
  void Reassure() { polls_.Reassure(); }
  // After the completions of each turn, not only when something is due.
  void CheckTime(Instant now);
  Instant NextDeadline() const;

 private:
  struct Ended {
    Done done;  // Is to be run.
    Expected<HttpResponse, HttpFailure> outcome;
  };

  // Makes it if there is none.
  CurlPool& PoolFor(const std::shared_ptr<const HttpTrust>& trust);
  bool MayStart(const CurlPool& pool) const;
  void StartWaiting();
  void StartNext(CurlPool& pool);
  // Its `done` will be run.
  void End(CurlTransfer& transfer, Expected<HttpResponse, HttpFailure> outcome);
  void TakeEnded();
  void RunEnded();

  const Bounds bounds_;
  PollSet polls_;
  TimerWheel deadlines_;  // Of the requests.
  std::vector<std::unique_ptr<CurlPool>> pools_;
  std::vector<Ended> ended_;
  bool dying_ = false;
};

}  // namespace signet
