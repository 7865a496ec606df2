// Speaks with a running broker over the UNIX socket that it answers signetctl on.
#pragma once

#include <string>

#include "core/base/status.h"

namespace signet {

struct ControlCall {
  bool is_post = false;
  std::string path;  // With what stands behind the `?`.
  std::string body;  // Of a POST: JSON.
};
struct ControlReply {
  int status = 0;
  std::string json;
};

// Waits for the answer, whatever its status is. The error says why there is none.
StatusOr<ControlReply> CallBroker(const std::string& socket, const ControlCall& call);

}  // namespace signet
