// CurlTransfer: one request, from Fetch() to its outcome. It holds the request, the easy handle
// while libcurl is at work, and what has come of the answer. Its address does not change. Owned by
// a CurlPool, used on its thread alone.
//
// What becomes of secrets: our copies of headers and body are wiped when the transfer dies. libcurl
// reads them where they lie, but it writes the whole head of a request, and over HTTP/2 or TLS
// whatever it sends, through buffers of its own and of its TLS library, which go back to the heap
// as they are. The client's private key is read where HttpTrust has it; OpenSSL wipes what it makes
// of it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/access/http_fetcher.h"
#include "core/base/status.h"
#include "core/base/timer_wheel.h"
#include "net/http/curl_handles.h"
#include "net/http/open_sockets.h"
#include "net/http/request_check.h"
#include "net/http/response_head.h"

namespace signet {

class CurlPool;

class CurlTransfer {
 public:
  using Outcome = Expected<HttpResponse, HttpFailure>;

  // `target` is what CheckRequest() says of the request. `sockets` are those of `pool`.
  CurlTransfer(HttpRequest request, HttpTarget target, HttpFetcher::Done done, CurlPool* pool,
               OpenSockets* sockets);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // Makes the easy handle. If libcurl cannot do what we want of it, there is none, and the sentence
  // says why.
  Status Open();
  void Close() { easy_.reset(); }
  CURL* easy() const { return easy_.get(); }  // Null if it is not open.

  // Whether the connection that it was given, and had not made, was of no use any more. It is then
  // to be given to libcurl again, for a connection of its own; that happens once at most.
  bool WantsNewConnection(CURLcode code);
  // What came of it, once libcurl has ended it.
  Outcome TakeOutcome(CURLcode code);
  // It has not come to an end in time.
  HttpFailure TooLate() const;
  // `host: cause`.
  HttpFailure Failure(std::string_view cause) const;

  HttpFetcher::Done TakeDone() { return std::move(done_); }
  Duration timeout() const { return request_.timeout; }
  CurlPool& pool() const { return *pool_; }
  // Of the whole; its owner() is this.
  Timer& deadline() { return deadline_; }

 private:
  static int OnResolve(void* resolver, void* unused, void* self);
  static int OnConnection(void* self, char* remote_ip, char* local_ip, int remote_port,
                          int local_port);
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);

  void AddHeaderLine(std::string_view name, std::string_view value);
  void MakeHeaderLines();
  Status SetOptions();
  bool IsLost(CURLcode code) const;

  HttpRequest request_;
  const HttpTarget target_;
  HttpFetcher::Done done_;
  CurlPool* const pool_;
  OpenSockets& sockets_;
  Timer deadline_{0, this};

  std::vector<SecretBytes> header_lines_;
  std::vector<curl_slist> header_list_;  // Borrows from header_lines_.
  std::array<char, CURL_ERROR_SIZE> words_{};
  CurlEasy easy_;  // Borrows from all above.

  bool spoilt_ = false;     // The first connection that it was given.
  bool resolving_ = false;  // Or done with it; not set where libcurl knows the address already.
  ResponseHead head_;
  size_t head_bytes_ = 0;
  SecretBytes body_;
  const char* too_large_ = nullptr;  // What was, if something was.
};

}  // namespace signet
