// Author: as whom a client acted when it left something behind that outlives it: a Retained
// Message, a Will, a Session. What became of its rights since is asked about it. Never changed.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/access/principal.h"
#include "core/base/ids.h"

namespace signet {

struct Author {
  std::string client_id;
  Principal principal;
  PortId port;  // Whose policy binds it.
};

// Counted, for a Retained Message may lie on another shard than the Session of its author: touched
// by a PUBLISH with RETAIN on a port that has a policy, and by no other. Null: bound by nothing.
using SharedAuthor = std::shared_ptr<const Author>;

inline SharedAuthor MakeAuthor(Author author) {
  return std::make_shared<const Author>(std::move(author));
}

}  // namespace signet
