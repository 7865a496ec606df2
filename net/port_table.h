// PortTable: the ports as one shard knows them, by PortId. Used on its thread alone: when a client
// comes or goes and on a reload, never by a PUBLISH.
#pragma once

#include <memory>
#include <vector>

#include "core/base/check.h"
#include "net/port.h"

namespace signet {

class PortTable {
 public:
  void Set(std::shared_ptr<const Port> port) {
    const size_t index = port->id.value();
    if (ports_.size() <= index) ports_.resize(index + 1);
    ports_[index] = std::move(port);
  }
  const Port& Get(PortId id) const {
    DCHECK(id.value() < ports_.size() && ports_[id.value()] != nullptr);
    return *ports_[id.value()];
  }

 private:
  std::vector<std::shared_ptr<const Port>> ports_;
};

}  // namespace signet
