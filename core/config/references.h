// References: finds what manifests refer to by name, and takes out what is needed from there. What
// is not there is something to wait for; what is there and cannot be right is an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/authentication.h"
#include "core/config/manifest.h"
#include "core/config/problem.h"

namespace signet::config {

class References {
 public:
  // Borrows both.
  References(const Manifests& manifests, Problems* problems)
      : manifests_(manifests), problems_(problems) {}

  using Waits = std::vector<Problem>;

  // Each gives what it has found, and adds to `waits` what is missing.
  Certificate CertificateIn(const Reference& reference, Waits* waits);
  SecretBytes SecretValue(const Reference& reference, std::string_view key, Waits* waits);
  SecretByName SecretValues(const Reference& reference, Waits* waits);
  // All certificates of a ConfigMap, whatever their keys.
  std::string CaBundle(const Reference& reference, Waits* waits);
  TextByName PublicKeys(const Reference& reference, Waits* waits);
  std::vector<std::string> RevocationLists(const Reference& reference, Waits* waits);

  // Fills in what is marked "resolved" of an authentication.
  void Resolve(ConfigReader* reader, BrokerAuthentication* authentication, Waits* waits);

 private:
  const KeyedValues* Secret(const Reference& reference, Waits* waits);
  const KeyedValues* ConfigMap(const Reference& reference, Waits* waits);
  const SecretBytes* Value(const KeyedValues& values, std::string_view kind, std::string_view key,
                           const Origin& origin, Waits* waits);
  void Resolve(CustomSettings* settings, Waits* waits);
  void Resolve(JwtSettings* settings, Waits* waits);
  void Resolve(ConfigReader* reader, PasswordSettings* settings, Waits* waits);

  const Manifests& manifests_;
  Problems* problems_;
};

}  // namespace signet::config
