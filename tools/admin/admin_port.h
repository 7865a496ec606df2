// AdminPort: HTTP for whoever operates the broker, on the loopback interface:
//   /metrics  what the broker counts, in the text format of Prometheus
//   /healthz  200 while the control thread answers
//   /readyz   200 while every configured port is open and the broker does not drain; else 503
// Requests are read on threads of its own and answered by the control thread, all that wait at
// once, so that to ask often costs the shards no more. Who gets no answer within kPatience gets
// 503.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "core/base/status.h"
#include "core/base/time.h"

namespace signet {

class AdminPort {
 public:
  // What the control thread says of the broker at one moment.
  struct Snapshot {
    std::string metrics;
    std::string not_ready;  // Why, in a sentence; empty: it is ready.
  };
  static constexpr Duration kPatience = seconds(5);

  // `host`: a numeric address; `port` may be 0. Answers once it returns. The error is a sentence
  // for the operator.
  static StatusOr<std::unique_ptr<AdminPort>> Open(const std::string& host, uint16_t port);
  virtual ~AdminPort() = default;

  virtual uint16_t port() const = 0;
  // Readable when somebody waits for an answer.
  virtual int fd() const = 0;
  // On the control thread: calls look() if anybody waits, and answers them all.
  virtual void Answer(absl::AnyInvocable<Snapshot() const> look) = 0;
  // From now on nobody looks: the broker drains.
  virtual void Drain() = 0;
};

}  // namespace signet
