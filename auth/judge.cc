#include "auth/judge.h"

namespace signet::auth {

std::optional<Verdict> Judge::Recall(const Credentials& credentials) {
  if (!method_->is_relevant_by_evidence()) return std::nullopt;
  const SecretBytes evidence = method_->Evidence(credentials);
  if (evidence.empty()) return std::nullopt;
  return Recall(cache_.KeyOf(number_, evidence.bytes()));
}

std::optional<Verdict> Judge::Recall(const EvidenceKey& key) {
  auto verdict = cache_.Find(key, clock_.now, clock_.wall);
  if (!verdict) return std::nullopt;
  ++counters_.cache_hits;
  Count(*verdict);
  return verdict;
}

void Judge::Ask(std::shared_ptr<const Credentials> credentials, Memory memory, Method::Done done) {
  const SecretBytes evidence = method_->Evidence(*credentials);
  const Instant since = clock_.now;
  if (evidence.empty()) {
    const Credentials& judged = *credentials;
    return method_->Verify(judged, clock_.wall,
                           [self = shared_from_this(), kept = std::move(credentials),
                            done = std::move(done), since](Verdict verdict) mutable {
                             self->counters_.latency.Add(self->clock_.now - since);
                             self->Count(verdict);
                             std::move(done)(std::move(verdict));
                           });
  }
  const EvidenceKey key = cache_.KeyOf(number_, evidence.bytes());
  if (memory == Memory::kMayAnswer) {
    if (auto verdict = Recall(key)) return std::move(done)(std::move(*verdict));
  }
  std::vector<Method::Done>& waiting = waiting_[key];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) {
    ++counters_.merged;
    return;
  }
  const Credentials& judged = *credentials;
  method_->Verify(
      judged, clock_.wall,
      [self = shared_from_this(), kept = std::move(credentials), key, since](Verdict verdict) {
        self->counters_.latency.Add(self->clock_.now - since);
        self->Conclude(key, std::move(verdict));
      });
}

void Judge::Conclude(const EvidenceKey& key, Verdict verdict) {
  cache_.Keep(key, verdict, clock_.now, clock_.wall);
  auto node = waiting_.extract(key);
  if (node.empty()) return;  // Abandoned.
  for (Method::Done& done : node.mapped()) {
    Count(verdict);
    std::move(done)(verdict);
  }
}

void Judge::Count(const Verdict& verdict) {
  if (std::holds_alternative<Accepted>(verdict)) {
    ++counters_.accepted;
  } else if (std::holds_alternative<Denied>(verdict)) {
    ++counters_.denied;
  } else if (std::holds_alternative<Unavailable>(verdict)) {
    ++counters_.failed;
  }
}

}  // namespace signet::auth
