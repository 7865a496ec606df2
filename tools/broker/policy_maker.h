// PolicyMaker: from a BrokerAuthorization to what the shards decide by. A policy is compiled once,
// for all ports that refer to it, and stays the same as long as its text does: nobody is judged
// anew because something else was reloaded, or it has moved within its file. Used on the control
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/base/log.h"
#include "core/config/authorization.h"
#include "core/config/configuration.h"
#include "net/port.h"

namespace signet {

class PolicyMaker {
 public:
  // `log` is told of each policy that is compiled, and what it takes in memory.
  explicit PolicyMaker(LogSink* log) : log_(*log) {}

  // A configuration is being made into ports: what it does not have, and no port, nor what a
  // gone one has left behind, goes by any more, is forgotten. Its policies stay, though the port
  // that asks for one may have to wait, or may not be made; and so does one that a port still goes
  // by because it is missing.
  void Begin(const config::Configuration& configuration);
  // For a port with authentication. `settings`: null if it has no policy; then only what a
  // credential itself says binds its clients.
  std::shared_ptr<const PortAuthorization> Make(const config::BrokerAuthorization* settings);

 private:
  struct Made {
    config::BrokerAuthorization settings;
    std::shared_ptr<const PortAuthorization> authorization;
  };
  using ByName = std::map<std::string, Made, std::less<>>;

  std::shared_ptr<const PortAuthorization> Compile(const config::BrokerAuthorization& settings,
                                                   uint64_t id);

  LogSink& log_;
  uint64_t last_id_ = 0;
  uint64_t last_revision_ = 0;
  std::shared_ptr<const PortAuthorization> without_;
  ByName made_;
};

}  // namespace signet
