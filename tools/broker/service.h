// Service: the broker as one process: its shards, its configuration, and what becomes of both while
// it runs. A configuration is read and checked whole, then put into effect; if anything is wrong
// with a new one the old one stays. Used on the control thread.
#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/shard_group.h"
#include "tools/admin/admin_port.h"
#include "tools/broker/config_files.h"
#include "tools/broker/config_watch.h"
#include "tools/broker/issued_certificates.h"
#include "tools/broker/log_sink.h"
#include "tools/broker/memory_trim.h"
#include "tools/broker/options.h"
#include "tools/broker/port_maker.h"
#include "tools/control/control_port.h"

namespace signet {

class Service {
 public:
  // Serves when it returns. `signals` are what Serve() waits for; they are blocked on all threads.
  // `typed` are the options of the command line, `options` the same with what `loaded` says of the
  // broker; it has no configuration if there is none. The error is a sentence for the operator. The
  // log outlives the service.
  static StatusOr<std::unique_ptr<Service>> Start(const BrokerOptions& typed,
                                                  const BrokerOptions& options,
                                                  config::LoadResult loaded,
                                                  const sigset_t& signals, BrokerLog* log);

  const ShardGroup& group() const { return *group_; }

  // Until one of the signals other than SIGHUP comes, which is returned. SIGHUP reads the
  // configuration again, as does a change of its files.
  int Serve();
  void Drain();

  // Reads the configuration, and puts it into effect if it is good.
  void Reload();

 private:
  Service(const BrokerOptions& typed, const BrokerOptions& options, Socket signals, BrokerLog* log);
  Status Launch(std::optional<config::Configuration> configuration);
  // What is to be open: the ports of the command line, and those of `configuration`.
  StatusOr<std::vector<PortSettings>> MakePorts(const config::Configuration* configuration);
  // Puts it into effect, if it can be; says `what` in the log.
  void Put(const config::Configuration& configuration, std::string_view what);
  void NoteRenewal();
  void LogDifference(const std::vector<ListenAddress>& before);
  Status OpenAdmin();
  Status OpenControl();
  AdminPort::Snapshot TakeSnapshot();
  // Once a second.
  void LookAround();

  const Socket signals_;  // Its descriptor is had before clients take them all.
  const BrokerOptions typed_;
  const BrokerOptions options_;  // With which it was started.
  BrokerLog& log_;
  IssuedCertificates certificates_;
  PortMaker maker_;
  std::unique_ptr<ConfigWatch> watch_;
  std::optional<config::Configuration> configuration_;
  std::vector<PortSettings> ports_;  // As they were last put into effect.
  std::unique_ptr<ShardGroup> group_;
  std::unique_ptr<AdminPort> admin_;
  std::unique_ptr<ControlPort> control_;
  MemoryTrim trim_;
  int64_t renew_at_s_ = INT64_MAX;  // When certificates are due, in seconds since 1970.
  Instant renew_from_;              // Not before that.
};

}  // namespace signet
