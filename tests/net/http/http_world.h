// HttpWorld: servers to ask, a CA to trust, and a loop that turns a CurlFetcher on a ring, as the
// auth shard does.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/curl_fetcher.h"
#include "net/uring/ring.h"
#include "tests/net/http/server_process.h"
#include "tests/net/tls/test_pki.h"

namespace signet {

// Servers and certificates, made once for the whole program.
class HttpServers {
 public:
  static const HttpServers& Get();

  // `https://good.test:PORT`.
  std::string Url(const std::string& server, const std::string& path,
                  const std::string& host = "good.test") const;

  // Trusts our CA; each call makes another one.
  std::shared_ptr<HttpTrust> Trust() const;
  // And has a client certificate for this name.
  std::shared_ptr<HttpTrust> TrustAs(const std::string& name) const;
  const TestCa& ca() const { return ca_; }

 private:
  HttpServers();
  std::filesystem::path MakeFolder() const;

  friend size_t OpenDescriptors();
  const size_t threads_;  // Before libcurl has begun any.
  const TestCa ca_{"Good CA"};
  const std::filesystem::path folder_;
  const ServerProcess python_;
  const ServerProcess node_;
};

using HttpOutcome = Expected<HttpResponse, HttpFailure>;

class FetchLoop {
 public:
  explicit FetchLoop(const CurlFetcher::Bounds& bounds = {}, RingFaults* faults = nullptr);
  ~FetchLoop();

  CurlFetcher& fetcher() { return *fetcher_; }
  Ring& ring() { return *ring_; }
  // What is open fails.
  void DestroyFetcher() { fetcher_.reset(); }

  void Turn();
  // Whether it came to that; gives up after a long time.
  bool TurnUntil(const std::function<bool()>& is_enough);

  // The place where the outcome will be.
  std::shared_ptr<std::optional<HttpOutcome>> Fetch(HttpRequest request);
  // Waits for the outcome.
  HttpOutcome Ask(HttpRequest request);
  // The body, or in brackets what went wrong.
  std::string AskText(HttpRequest request);
  // The sentence, or in brackets the status.
  std::string AskForFailure(HttpRequest request);
  // Asks with little time, and on a machine that does not even come so far with ever more of it,
  // until the sentence says `what` and the time. Returns what is wrong, or nothing.
  std::string ExpectTooLate(const std::function<HttpRequest(Duration)>& make,
                            std::string_view what);

  uint64_t turns() const { return turns_; }

 private:
  std::unique_ptr<Ring> ring_;
  std::unique_ptr<CurlFetcher> fetcher_;
  uint64_t turns_ = 0;
};

// Of this process, once the threads that libcurl has left alone have ended, which have some too.
size_t OpenDescriptors();

// GET, from `good` with a trust of its own if nothing else is said; in time however busy the
// machine is.
HttpRequest RequestFor(const std::string& path, std::shared_ptr<const HttpTrust> trust = nullptr);
HttpRequest RequestTo(const std::string& server, const std::string& path,
                      std::shared_ptr<const HttpTrust> trust = nullptr);

}  // namespace signet
