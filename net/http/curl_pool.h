// CurlPool: the connections of one HttpTrust, and the requests that go over them. It has a multi
// handle of its own, so that nothing of a connection, a client certificate least of all, is ever
// shared with another trust. Owned by a CurlFetcher, used on its thread alone, which is the auth
// shard's: no PUBLISH passes here.
//
// libcurl is called from here only, never blocks, and never calls back into whoever asked: what has
// ended waits for TakeEnded().
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "net/http/curl_transfer.h"
#include "net/http/poll_set.h"

namespace signet {

class CurlPool {
 public:
  // `polls` outlives it.
  CurlPool(const std::shared_ptr<const HttpTrust>& trust, PollSet* polls);
  CurlPool(const CurlPool&) = delete;
  CurlPool& operator=(const CurlPool&) = delete;
  // Closes the connections. Its transfers are gone by then.
  ~CurlPool();

  // A trust is one object, not what stands in it.
  bool IsFor(const std::shared_ptr<const HttpTrust>& trust) const { return trust_.lock() == trust; }

  // A request that waits for its turn.
  CurlTransfer& Enqueue(HttpRequest request, HttpTarget target, HttpFetcher::Done done);
  size_t waiting() const { return waiting_.size(); }
  size_t running() const { return running_.size(); }
  // The one that waits longest; there must be one.
  CurlTransfer& Next() { return *waiting_.front(); }
  // Gives that one to libcurl. If libcurl cannot take it, it goes on waiting, and the sentence says
  // why.
  Status StartNext();

  // Any of its transfers, whose end is not awaited any more.
  void Drop(CurlTransfer& transfer);
  // Calls take(CurlTransfer&, CURLcode) for each that libcurl has ended; it has to drop it.
  template <typename Take>
  void TakeEnded(Take&& take) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // The message dies with what is done next.
      CurlTransfer& transfer = TransferOf(message->easy_handle);
      if (transfer.WantsNewConnection(code) && GiveAgain(transfer)) continue;
      take(transfer, code);
    }
  }
  // Some transfer; null if there is none.
  CurlTransfer* Any();

  // PollSet says so.
  void OnReady(const PollSet::Ready& ready);
  void CheckTime(Instant now);
  Instant NextDeadline() const { return std::min(wake_at_, close_at_); }
  // Whether nothing came for it for long enough, or can come any more.
  bool IsDone(Instant now);

 private:
  // Afterwards connections are closed that nothing came for.
  static constexpr Duration kIdleTime = seconds(60);

  bool GiveAgain(CurlTransfer& transfer);

  static int OnSocket(CURL* easy, curl_socket_t fd, int what, void* self, void* unused);
  static int OnTimer(CURLM* multi, long timeout_ms, void* self);
  static CurlTransfer& TransferOf(CURL* easy);

  const std::weak_ptr<const HttpTrust> trust_;
  PollSet& polls_;
  std::deque<std::unique_ptr<CurlTransfer>> waiting_;
  std::vector<std::unique_ptr<CurlTransfer>> running_;
  OpenSockets sockets_;
  CurlMulti multi_;                     // Borrows the easy handles of the running ones.
  Instant wake_at_ = Instant::Never();  // When libcurl wants to be called.
  Instant close_at_ = Instant::Never();
};

}  // namespace signet
