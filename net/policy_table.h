// PolicyTable: the Authorizers of one shard, by PortId. Used on its thread alone: on a reload.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/access/authorizer.h"
#include "net/port.h"

namespace signet {

class PolicyTable {
 public:
  struct Present {
    Authorizer* authorizer = nullptr;  // Null: there is none.
    // Greater than of every one before, of any port, though the policy may be one that was there
    // already. Alike on all shards, for they renew alike.
    uint64_t epoch = 0;
  };

  // The one of a port, a new one if its policy has changed, or how it
  // explains itself. The one before lives until Retire().
  Present Renew(const Port& port) {
    const PortAuthorization* authorization = port.settings.authorization.get();
    if (authorization == nullptr) return {};
    Row& row = At(port.id);
    const bool changes = row.policy != authorization->id;
    if (changes || row.revision != authorization->revision) {
      std::unique_ptr<Authorizer> old = std::exchange(row.authorizer, authorization->make());
      if (old != nullptr) retired_.push_back(std::move(old));
      row.policy = authorization->id;
      row.revision = authorization->revision;
    }
    if (changes) row.epoch = ++last_epoch_;  // Else nobody need be judged anew.
    return {.authorizer = row.authorizer.get(), .epoch = row.epoch};
  }
  // Nobody asks for the port any more.
  void Drop(PortId port) { At(port) = {}; }
  // Nobody has an earlier one any more.
  void Retire() { retired_.clear(); }

 private:
  struct Row {
    uint64_t policy = 0;  // PortAuthorization::id
    uint64_t revision = 0;
    uint64_t epoch = 0;
    std::unique_ptr<Authorizer> authorizer;
  };

  Row& At(PortId port) {
    if (rows_.size() <= port.value()) rows_.resize(port.value() + size_t{1});
    return rows_[port.value()];
  }

  uint64_t last_epoch_ = 0;
  std::vector<Row> rows_;
  std::vector<std::unique_ptr<Authorizer>> retired_;
};

}  // namespace signet
