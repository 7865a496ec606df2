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
  // The one of a port, a new one if its policy has changed; null if it has none. The one before
  // lives until Retire().
  Authorizer* Renew(const Port& port) {
    const PortAuthorization* authorization = port.settings.authorization.get();
    if (authorization == nullptr) return nullptr;
    Row& row = At(port.id);
    if (row.epoch == authorization->epoch) return row.authorizer.get();
    row.epoch = authorization->epoch;
    std::unique_ptr<Authorizer> old = std::exchange(row.authorizer, authorization->make());
    if (old != nullptr) retired_.push_back(std::move(old));
    return row.authorizer.get();
  }
  // Nobody asks for the port any more.
  void Drop(PortId port) { At(port) = {}; }
  // Nobody has an earlier one any more.
  void Retire() { retired_.clear(); }

 private:
  struct Row {
    uint64_t epoch = 0;
    std::unique_ptr<Authorizer> authorizer;
  };

  Row& At(PortId port) {
    if (rows_.size() <= port.value()) rows_.resize(port.value() + size_t{1});
    return rows_[port.value()];
  }

  std::vector<Row> rows_;
  std::vector<std::unique_ptr<Authorizer>> retired_;
};

}  // namespace signet
