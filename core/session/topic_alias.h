// Topic Aliases (MQTT 5, 3.3.2.3.4): per Network Connection and direction. A connection that uses
// none holds no memory for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"

namespace signet {

// From the Client: alias -> Topic Name.
class InboundAliases {
 public:
  // `alias` is from 1 to the announced Topic Alias Maximum.
  void Set(uint16_t alias, std::string_view topic_name);
  // Empty if the alias was never set. Valid until the alias is set again.
  std::string_view Find(uint16_t alias) const;

 private:
  std::vector<std::string> names_;
};

// To the Client: the first Topic Names that come along get an alias and keep it.
class OutboundAliases {
 public:
  struct Use {
    uint16_t alias = 0;  // 0: none.
    bool known = false;  // The Client has been told; the Topic Name may be left out.
  };

  explicit OutboundAliases(uint16_t maximum) : maximum_(maximum) {}
  Use For(std::string_view topic_name);

 private:
  const uint16_t maximum_;
  TextMap<uint16_t> aliases_;
};

}  // namespace signet
