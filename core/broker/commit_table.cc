#include "core/broker/commit_table.h"

namespace signet {

Token CommitTable::Open(uint32_t answers, Done done) {
  DCHECK(answers > 0);
  const Token token = next_++;
  open_.emplace(token, Commit{.missing = answers, .done = std::move(done)});
  return token;
}

void CommitTable::Arrive(Token token, ReasonCode code) {
  const auto found = open_.find(token);
  if (found == open_.end()) return;
  Commit& commit = found->second;
  if (IsError(code)) commit.code = code;
  if (--commit.missing > 0) return;
  // Taken out first: what is done may open further commits.
  Commit done = std::move(commit);
  open_.erase(found);
  std::move(done.done)(done.code);
}

}  // namespace signet
