// What signetctl asks a broker, and what it prints of the answers.
#pragma once

#include <functional>
#include <string>

#include "core/base/status.h"
#include "tools/signetctl/control_client.h"
#include "tools/signetctl/control_options.h"

namespace signet {

struct ControlOutcome {
  // 0: done, or allowed; 1: denied, or nobody is there of that name; 2: it could not be asked, or
  // was not done.
  int exit_code = 0;
  std::string output;
  std::string error;
};

ControlOutcome RunControl(
    const ControlOptions& options,
    const std::function<StatusOr<ControlReply>(const ControlCall& call)>& call);

}  // namespace signet
