// Judge: one configured method with what it remembers. Equal evidence is judged once: whoever asks
// while it is being judged waits for the same verdict, and for a while after that it stands in the
// cache. Lives on the auth shard's thread, as long as somebody waits for it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "auth/auth_clock.h"
#include "auth/auth_counters.h"
#include "auth/method.h"
#include "auth/verdict_cache.h"

namespace signet::auth {

class Judge : public std::enable_shared_from_this<Judge> {
 public:
  // `number`: no other judge has it or ever had. `cache` and `clock` outlive it.
  Judge(uint64_t number, std::unique_ptr<Method> method, VerdictCache* cache,
        const AuthClock* clock)
      : number_(number), method_(std::move(method)), cache_(*cache), clock_(*clock) {}

  const Method& method() const { return *method_; }
  MethodCounters& counters() { return counters_; }
  const MethodCounters& counters() const { return counters_; }

  // What is remembered of these credentials, which nobody needs to have found relevant.
  std::optional<Verdict> Recall(const Credentials& credentials);
  // Whether what was found out before may answer.
  enum class Memory : uint8_t { kMayAnswer, kAsksAnew };
  // Runs `done` once, within the call or later. The method must find the credentials relevant.
  void Ask(std::shared_ptr<const Credentials> credentials, Memory memory, Method::Done done);
  // Null: they are to be judged by Ask(). An exchange is one client's alone: it goes past what is
  // remembered and what others wait for, and whoever keeps it counts its verdict.
  std::unique_ptr<Exchange> Begin(const Credentials& credentials) {
    return credentials.authentication_method ? method_->Begin(credentials) : nullptr;
  }
  void Count(const Verdict& verdict);
  // Nobody waits for an answer any more, as the auth shard is about to end.
  void Abandon() { waiting_.clear(); }

 private:
  std::optional<Verdict> Recall(const EvidenceKey& key);
  void Conclude(const EvidenceKey& key, Verdict verdict);

  const uint64_t number_;
  const std::unique_ptr<Method> method_;
  VerdictCache& cache_;
  const AuthClock& clock_;
  MethodCounters counters_;
  absl::flat_hash_map<EvidenceKey, std::vector<Method::Done>> waiting_;
};

}  // namespace signet::auth
