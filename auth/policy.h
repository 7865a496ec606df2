// Policy: who may come in at a port, as one BrokerAuthentication says: its methods in order, each
// with its Judge. Lives on the auth shard's thread, as long as a question or a grant refers to it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/judge.h"
#include "core/config/authentication.h"

namespace signet::auth {

struct Policy {
  std::string listener;
  std::shared_ptr<const config::BrokerAuthentication> settings;
  std::vector<std::shared_ptr<Judge>> judges;  // In the order in which they are asked.

  // The first judge of that name; null if there is none.
  std::shared_ptr<Judge> Find(std::string_view method) const {
    for (const auto& judge : judges) {
      if (judge->method().name() == method) return judge;
    }
    return nullptr;
  }
};

}  // namespace signet::auth
