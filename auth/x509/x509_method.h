// X509Method: the client is who its certificate says, which it showed in the TLS handshake. What
// the handshake has verified is verified again, and more strictly (auth/x509/chain.h), with the
// CAs of this method alone: a port may ask for certificates on behalf of several methods, and the
// library's memory of earlier handshakes has no say here.
//
// The Principal: its username is the leaf's common name, its identity the leaf's subject as RFC
// 4514 text, its attributes those of the first subject that has any, from the leaf up to and with
// the trusted CA; they are never merged. It ends when the first certificate of the path does.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/method.h"
#include "auth/x509/chain.h"
#include "core/base/status.h"
#include "core/config/authentication.h"

namespace signet::auth {

class X509Method : public Method {
 public:
  // The sentence says what in the settings cannot be used; `warnings` what will refuse clients.
  static StatusOr<std::unique_ptr<X509Method>> Create(const config::X509Settings& settings,
                                                      std::vector<std::string>* warnings);

  std::string_view name() const override { return "X509"; }
  bool IsRelevant(const Credentials& credentials) const override;
  SecretBytes Evidence(const Credentials& credentials) const override;
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool may_reauthenticate() const override { return false; }
  // For new lists of the revoked.
  bool keeps_credentials() const override { return true; }

  // The same verdict, at once and without Credentials: for clients that are connected when the CAs,
  // the CRLs or the attributes have changed. Never Unavailable.
  Verdict Judge(const CertificateChain& chain, WallTime now) const;

 private:
  using Entry = std::pair<DistinguishedName, Attributes>;

  explicit X509Method(x509::Trust trust) : trust_(std::move(trust)) {}
  Status ReadAttributes(const config::X509Settings& settings);
  Attributes AttributesOf(const x509::VerifiedChain& chain) const;

  x509::Trust trust_;
  std::vector<Entry> entries_;  // No subject twice.
};

}  // namespace signet::auth
