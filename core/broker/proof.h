// Proof: what a client has shown of who it is, and what was made of it. Most clients of a port
// without authentication have none. Goes with the client to its home shard.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/access/author.h"
#include "core/access/credentials.h"
#include "core/access/principal.h"
#include "core/base/ids.h"

namespace signet {

struct Proof {
  Principal principal;
  // Of CONNECT, for AUTH and CONNACK; absent: it asked for no enhanced authentication (4.12).
  std::optional<std::string> authentication_method;
  std::vector<uint8_t> authentication_data;  // For CONNACK.
  SharedChain chain;                         // Until CONNECT is answered.
  SharedAuthor author;  // Of what it leaves behind; null until there is something.
  ExchangeId exchange;  // Of the Challenge that the client has not answered; often empty.
};

}  // namespace signet
