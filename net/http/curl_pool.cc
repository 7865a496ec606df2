#include "net/http/curl_pool.h"

#include <poll.h>

#include <utility>

#include "core/base/check.h"
#include "net/http/steady_clock.h"

namespace signet {

CurlPool::CurlPool(const std::shared_ptr<const HttpTrust>& trust, PollSet* polls)
    : trust_(trust), polls_(*polls), multi_(curl_multi_init()) {
  if (multi_ == nullptr) return;  // No memory: StartNext() says so.
  // 0 would be none at all.
  const long connections = std::max<long>(trust->max_connections, 1);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections);  // Kept open.
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlPool::OnSocket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlPool::OnTimer);
  curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, static_cast<void*>(this));
}

CurlPool::~CurlPool() {
  CHECK(waiting_.empty() && running_.empty());
  multi_.reset();
  polls_.ForgetAllOf(this);
}

CurlTransfer& CurlPool::Enqueue(HttpRequest request, HttpTarget target, HttpFetcher::Done done) {
  waiting_.push_back(std::make_unique<CurlTransfer>(std::move(request), std::move(target),
                                                    std::move(done), this, &sockets_));
  return *waiting_.back();
}

Status CurlPool::StartNext() {
  CurlTransfer& next = Next();
  if (Status status = next.Open(); !status.ok()) return status;
  const CURLMcode code = curl_multi_add_handle(multi_.get(), next.easy());
  if (code != CURLM_OK) {
    next.Close();
    return Status::Error(curl_multi_strerror(code));
  }
  running_.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  return Status::Ok();
}

bool CurlPool::GiveAgain(CurlTransfer& transfer) {
  curl_multi_remove_handle(multi_.get(), transfer.easy());
  return curl_multi_add_handle(multi_.get(), transfer.easy()) == CURLM_OK;
}

void CurlPool::Drop(CurlTransfer& transfer) {
  const auto is_it = [&](const auto& one) { return one.get() == &transfer; };
  if (transfer.easy() == nullptr) {
    waiting_.erase(std::ranges::find_if(waiting_, is_it));
    return;
  }
  curl_multi_remove_handle(multi_.get(), transfer.easy());
  const auto found = std::ranges::find_if(running_, is_it);
  std::swap(*found, running_.back());
  running_.pop_back();
}

CurlTransfer* CurlPool::Any() {
  if (!running_.empty()) return running_.back().get();
  return waiting_.empty() ? nullptr : waiting_.front().get();
}

// What a poll says is a hint: libcurl tries, and finds by itself what has gone wrong.
void CurlPool::OnReady(const PollSet::Ready& ready) {
  int mask = 0;
  if ((ready.events & POLLIN) != 0) mask |= CURL_CSELECT_IN;
  if ((ready.events & POLLOUT) != 0) mask |= CURL_CSELECT_OUT;
  if ((ready.events & ~uint32_t{POLLIN | POLLOUT}) != 0) {
    mask |= CURL_CSELECT_IN | CURL_CSELECT_OUT;
  }
  int running = 0;
  curl_multi_socket_action(multi_.get(), ready.fd, mask, &running);
}

void CurlPool::CheckTime(Instant now) {
  if (now < wake_at_) return;
  wake_at_ = Instant::Never();
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
}

bool CurlPool::IsDone(Instant now) {
  if (!waiting_.empty() || !running_.empty()) {
    close_at_ = Instant::Never();
    return false;
  }
  if (close_at_ == Instant::Never()) close_at_ = now + kIdleTime;
  return close_at_ <= now || trust_.expired();
}

int CurlPool::OnSocket(CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*unused*/) {
  auto& pool = *static_cast<CurlPool*>(self);
  if (what == CURL_POLL_REMOVE) {
    pool.polls_.Forget(fd);
    return 0;
  }
  uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= POLLIN;
  if ((what & CURL_POLL_OUT) != 0) events |= POLLOUT;
  pool.polls_.Watch(fd, events, &pool);
  return 0;
}

int CurlPool::OnTimer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& pool = *static_cast<CurlPool*>(self);
  if (timeout_ms < 0) {
    pool.wake_at_ = Instant::Never();
  } else if (timeout_ms == 0) {
    pool.wake_at_ = Instant();  // At once, but not from within libcurl.
  } else {
    pool.wake_at_ = ReadSteadyClock() + milliseconds(timeout_ms);
  }
  return 0;
}

CurlTransfer& CurlPool::TransferOf(CURL* easy) {
  void* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  return *static_cast<CurlTransfer*>(transfer);
}

}  // namespace signet
