// IssuedCertificates: what the broker's own CA has issued for its ports, kept in the state folder,
// and when the next of them is due. The folder is not touched before a port asks. Used on the
// control thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "tools/broker/port_maker.h"

namespace signet {

class CertificateStore;

class IssuedCertificates : public CertificateSource {
 public:
  // `state` as it was typed; empty: the default.
  explicit IssuedCertificates(const std::string& state);
  ~IssuedCertificates() override;

  StatusOr<TlsIdentity> Issue(std::string_view port, const config::CertificateSettings& settings,
                              int64_t now_s) override;
  // When the first of those that were asked for since ForgetAll() should be issued anew, in seconds
  // since 1970.
  int64_t renew_at_s() const;
  void ForgetAll();

 private:
  const std::string folder_;
  std::unique_ptr<CertificateStore> store_;
  std::map<std::string, int64_t> renew_at_s_;  // By port.
};

}  // namespace signet
