// PortMaker: from the configuration to ports that can be opened: what stands in a manifest becomes
// a Transport, bounds, and what the auth shard judges by. Used on the control thread; what it makes
// is for all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "core/config/configuration.h"
#include "net/port.h"
#include "net/tls/ticket_keys.h"
#include "net/tls/tls_context.h"
#include "tools/broker/policy_maker.h"

namespace signet {

// Gives the certificates that the broker issues itself (tls.mode Automatic).
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  // One that is good at `now_s`, for the port of this name. The error is a sentence for the
  // operator.
  virtual StatusOr<TlsIdentity> Issue(std::string_view port,
                                      const config::CertificateSettings& settings,
                                      int64_t now_s) = 0;
};

class PortMaker {
 public:
  // Both outlive it.
  PortMaker(CertificateSource* certificates, LogSink* log);

  // Of every port that does not wait for something. The error is one sentence, with the port's
  // name. `now_s` counts from 1970; `now` is for the keys of session tickets.
  StatusOr<std::vector<PortSettings>> Make(const config::Configuration& configuration,
                                           int64_t now_s, Instant now);
  // When the ports that were made last have to be made anew: see TlsContext.
  int64_t replace_at_s() const { return replace_at_s_; }
  // To be called now and then: see TicketKeys.
  void RotateTickets(Instant now);

 private:
  StatusOr<PortSettings> MakeOne(const config::ResolvedPort& port,
                                 const config::Configuration& configuration, int64_t now_s);
  StatusOr<std::shared_ptr<const TlsContext>> MakeTls(const config::ResolvedPort& port,
                                                      int64_t now_s);

  CertificateSource& certificates_;
  LogSink& log_;
  PolicyMaker policies_;
  std::shared_ptr<TicketKeys> tickets_;
  int64_t replace_at_s_ = INT64_MAX;
};

}  // namespace signet
