// Effects: what the I/O side has to do after a turn of a ShardBroker. A connection that is named
// may be gone again; one may be named more than once in `input`.
#pragma once

#include <vector>

#include "core/base/ids.h"

namespace signet {

struct Effects {
  // There is new output.
  std::vector<ConnectionId> output;
  // Send what is still in the output, then close. Nothing more is read.
  std::vector<ConnectionId> close;
  // Whether bytes are wanted has changed: see Client::wants_input().
  std::vector<ConnectionId> input;
  // Stop reading and hand over: see ShardBroker::TakeForHandOver().
  std::vector<ConnectionId> hand_over;

  bool empty() const {
    return output.empty() && close.empty() && input.empty() && hand_over.empty();
  }
  // Keeps the memory for the next turn.
  void Clear() {
    output.clear();
    close.clear();
    input.clear();
    hand_over.clear();
  }
};

}  // namespace signet
