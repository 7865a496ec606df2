#include "auth/peer_facts.h"

#include <memory>
#include <string>
#include <utility>

#include "auth/x509/attribute_type.h"
#include "auth/x509/certificate.h"
#include "core/base/ip_address.h"

namespace signet::auth {
namespace {

// Of several the first, as for a username; empty if there is none.
std::string CommonNameOf(const CertificateChain& chain) {
  if (chain.empty()) return {};
  const auto leaf = x509::Certificate::Read(chain.front());
  if (!leaf.ok()) return {};
  const auto names = leaf->subject.ValuesOf(x509::kCommonNameType);
  return names.empty() ? std::string() : std::string(names.front());
}

}  // namespace

SharedPeerFacts PeerFactsOf(const Credentials& credentials) {
  PeerFacts facts{.address = AddressOfPeer(credentials.peer)};
  if (credentials.chain != nullptr) facts.common_name = CommonNameOf(*credentials.chain);
  return std::make_shared<const PeerFacts>(std::move(facts));
}

}  // namespace signet::auth
