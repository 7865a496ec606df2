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

  // The judge whose place here is that of `judge` in `other`: of the same name, and as many of that
  // name are before it. Null if there is none.
  std::shared_ptr<Judge> FindInPlaceOf(const Judge& judge, const Policy& other) const {
    const std::string_view name = judge.method().name();
    size_t before = 0;
    for (const auto& each : other.judges) {
      if (each.get() == &judge) break;
      before += each->method().name() == name;
    }
    for (const auto& each : judges) {
      if (each->method().name() == name && before-- == 0) return each;
    }
    return nullptr;
  }
};

}  // namespace signet::auth
