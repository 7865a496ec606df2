// ControlPort: the UNIX socket on which a running broker is looked after, by HTTP with JSON: see
// docs/CONTROL.md. Its mode is 0600 from the moment it is there, so only the user that the broker
// runs as, and root, can connect. Questions are read on threads of its own and answered by the
// control thread, one after the other.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "core/base/status.h"
#include "core/base/time.h"
#include "tools/control/control_message.h"

namespace signet {

class ControlPort {
 public:
  // Questions at a time; further ones wait, and beyond kMostWaiting they are not even accepted.
  static constexpr size_t kMostQuestions = 2;
  static constexpr size_t kMostWaiting = 16;
  // So long a question waits for the control thread; then it is answered by 503, and not done.
  static constexpr Duration kPatience = seconds(10);

  // Answers once it returns. A socket that nobody listens on any more is replaced; anything else at
  // `path` stays, and is an error: a sentence for the operator.
  static StatusOr<std::unique_ptr<ControlPort>> Open(const std::string& path);
  virtual ~ControlPort() = default;

  // Readable when somebody waits for an answer.
  virtual int fd() const = 0;
  // On the control thread: has all answered that wait.
  virtual void Answer(absl::AnyInvocable<ControlAnswer(const ControlQuestion&)> handle) = 0;
  // From now on nobody is answered but by 503: the broker drains.
  virtual void Drain() = 0;
};

}  // namespace signet
