// CommitTable: what waits for answers of other shards (and, one day, of a disk). A commit is opened
// with the number of answers it needs; when the last one arrives, it is done. Used on the shard's
// thread alone.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "core/broker/shard_message.h"
#include "core/mqtt/reason_code.h"

namespace signet {

class CommitTable {
 public:
  // Gets the code of the last answer that was an error, or kSuccess.
  using Done = absl::AnyInvocable<void(ReasonCode) &&>;

  // `answers` is at least 1. No token is 0.
  Token Open(uint32_t answers, Done done);
  // One answer less to wait for. A token that is not open is ignored.
  void Arrive(Token token, ReasonCode code = ReasonCode::kSuccess);

  size_t size() const { return open_.size(); }

 private:
  struct Commit {
    uint32_t missing;
    ReasonCode code = ReasonCode::kSuccess;
    Done done;
  };

  absl::flat_hash_map<Token, Commit> open_;
  Token next_ = 1;
};

}  // namespace signet
