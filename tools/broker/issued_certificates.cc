#include "tools/broker/issued_certificates.h"

#include <algorithm>
#include <cstdlib>

#include "fmt/format.h"
#include "tools/broker/certificate_store.h"

namespace signet {
namespace {

// systemd names the folder that it has made for us.
std::string FolderOf(const std::string& typed) {
  if (!typed.empty()) return typed;
  const char* const given = std::getenv("STATE_DIRECTORY");
  return given != nullptr && *given != '\0' ? given : "/var/lib/signet";
}

KeyAlgorithm SpecFrom(config::KeyAlgorithm algorithm) {
  switch (algorithm) {
    case config::KeyAlgorithm::kEc256:
      return KeyAlgorithm::kEc256;
    case config::KeyAlgorithm::kEc384:
      return KeyAlgorithm::kEc384;
    case config::KeyAlgorithm::kEc521:
      return KeyAlgorithm::kEc521;
    case config::KeyAlgorithm::kEd25519:
      return KeyAlgorithm::kEd25519;
    case config::KeyAlgorithm::kRsa2048:
      return KeyAlgorithm::kRsa2048;
    case config::KeyAlgorithm::kRsa4096:
      return KeyAlgorithm::kRsa4096;
    case config::KeyAlgorithm::kRsa8192:
      return KeyAlgorithm::kRsa8192;
  }
  UNREACHABLE();
}

ServerCertificateSpec SpecFrom(const config::CertificateSettings& settings) {
  ServerCertificateSpec spec{
      .duration_s = static_cast<int64_t>(settings.duration_s),
      .algorithm = SpecFrom(settings.private_key.algorithm),
      .rotation = settings.private_key.rotation == config::KeyRotation::kNever
                      ? KeyRotation::kNever
                      : KeyRotation::kAlways,
      .dns = settings.san.dns,
      .ips = settings.san.ip};
  if (settings.renew_before_s) spec.renew_before_s = static_cast<int64_t>(*settings.renew_before_s);
  return spec;
}

// A port's name is LISTENER/PORT, or LISTENER/PATH; a file's has small letters, digits, '-' and '.'
// alone. No two have the same: of the characters of a listener's name only '.' is written as a
// number.
std::string FileNameOf(std::string_view port) {
  std::string name;
  for (size_t i = 0; i < port.size(); ++i) {
    const char c = port[i];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
      name += c;
    } else {
      name += i == port.find('/') ? "." : fmt::format(".{:02x}", static_cast<unsigned char>(c));
    }
  }
  return name;
}

}  // namespace

IssuedCertificates::IssuedCertificates(const std::string& state) : folder_(FolderOf(state)) {}

IssuedCertificates::~IssuedCertificates() = default;

StatusOr<TlsIdentity> IssuedCertificates::Issue(std::string_view port,
                                                const config::CertificateSettings& settings,
                                                int64_t now_s) {
  renew_at_s_[std::string(port)] = now_s;  // Unless it succeeds.
  if (store_ == nullptr) {
    auto store = CertificateStore::Open(folder_, now_s);
    if (!store.ok()) return store.error();
    store_ = std::make_unique<CertificateStore>(std::move(*store));
  }
  auto certificate = store_->ServerCertificate(FileNameOf(port), SpecFrom(settings), now_s);
  if (!certificate.ok()) return certificate.error();
  renew_at_s_[std::string(port)] = certificate->renew_at_s;
  return std::move(certificate->identity);
}

int64_t IssuedCertificates::renew_at_s() const {
  int64_t first = INT64_MAX;
  for (const auto& [port, at_s] : renew_at_s_) first = std::min(first, at_s);
  return first;
}

void IssuedCertificates::ForgetAll() { renew_at_s_.clear(); }

}  // namespace signet
