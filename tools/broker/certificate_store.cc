#include "tools/broker/certificate_store.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/log.h"
#include "core/base/pem.h"
#include "tools/broker/private_file.h"

namespace signet {
namespace {

constexpr mode_t kForOwner = 0600;
constexpr mode_t kForAll = 0644;
constexpr std::string_view kKeyBegins = "-----BEGIN PRIVATE KEY-----";

Status MakeFolder(const std::filesystem::path& folder, mode_t mode) {
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (mkdir(folder.c_str(), mode) == 0 || errno == EEXIST) return Status::Ok();
  return Status::Error(fmt::format("{} cannot be made: {}", folder.string(), strerror(errno)));
}

Status Wrong(const std::filesystem::path& path, const Status& status) {
  return Status::Error(
      fmt::format("{}: {}; put the right files back, or remove ca.crt and ca.key "
                  "there, and give clients the CA that is then made",
                  path.string(), status.sentence()));
}

StatusOr<IssuingCa> MakeCa(const std::filesystem::path& folder, int64_t now_s) {
  StatusOr<IssuingCa> ca = IssuingCa::Create(now_s);
  if (!ca.ok()) return ca.error();
  // The certificate comes last: where there is none, none was ever given to anybody.
  if (Status status = ReplaceFile(folder / "ca.key", ca->key_pem().text(), kForOwner);
      !status.ok()) {
    return status;
  }
  if (Status status = ReplaceFile(folder / "ca.crt", ca->certificate_pem(), kForAll);
      !status.ok()) {
    return status;
  }
  return ca;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

// Clients on this machine, and those that know it by its host name, shall believe it too.
void AddOwnNames(ServerCertificateSpec* spec) {
  char host[256] = {};
  const auto add = [](std::vector<std::string>* names, const std::string& name) {
    if (std::ranges::find(*names, name) == names->end()) names->push_back(name);
  };
  if (gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') add(&spec->dns, host);
  add(&spec->dns, "localhost");
  add(&spec->ips, "127.0.0.1");
  add(&spec->ips, "::1");
}

IssuedCertificate Split(const SecretBytes& file) {
  const size_t key = file.text().find(kKeyBegins);
  if (key == std::string_view::npos) return {};
  return {.chain_pem = std::string(file.text().substr(0, key)),
          .key_pem = SecretBytes(file.text().substr(key))};
}

}  // namespace

StatusOr<CertificateStore> CertificateStore::Open(std::filesystem::path folder, int64_t now_s) {
  if (Status status = MakeFolder(folder, 0755); !status.ok()) return status;
  if (Status status = MakeFolder(folder / "tls", 0700); !status.ok()) return status;
  StatusOr<std::string> certificate = ReadStateFile(folder / "ca.crt");
  if (!certificate.ok()) return certificate.error();
  StatusOr<SecretBytes> key = ReadSecretFile(folder / "ca.key");
  if (!key.ok()) return key.error();
  if (certificate->empty()) {
    StatusOr<IssuingCa> made = MakeCa(folder, now_s);
    if (!made.ok()) return made.error();
    return CertificateStore(std::move(folder), std::move(*made));
  }
  StatusOr<IssuingCa> ca = IssuingCa::Load(std::move(*certificate), std::move(*key), now_s);
  if (!ca.ok()) return Wrong(folder / "ca.crt", ca.error());
  return CertificateStore(std::move(folder), std::move(*ca));
}

StatusOr<StoredCertificate> CertificateStore::ServerCertificate(std::string_view name,
                                                                ServerCertificateSpec spec,
                                                                int64_t now_s) const {
  if (!IsName(name)) {
    return Status::Error(fmt::format("{} cannot name a certificate", EscapeForLog(name)));
  }
  if (Status status = CheckSpec(spec); !status.ok()) return status;
  AddOwnNames(&spec);
  const std::filesystem::path path = folder_ / "tls" / fmt::format("{}.pem", name);
  StatusOr<SecretBytes> file = ReadSecretFile(path);
  if (!file.ok()) return file.error();
  IssuedCertificate kept = Split(*file);
  StoredCertificate stored;
  stored.renew_at_s = ca_.RenewAt(kept, spec);
  if (stored.renew_at_s <= now_s) {
    StatusOr<IssuedCertificate> issued =
        ca_.Issue(spec, kept.key_pem.empty() ? nullptr : &kept, now_s);
    if (!issued.ok()) return issued.error();
    kept = std::move(*issued);
    std::string content = kept.chain_pem;
    content.reserve(content.size() + kept.key_pem.text().size());
    content += kept.key_pem.text();
    const Status status = ReplaceFile(path, content, kForOwner);
    explicit_bzero(content.data(), content.size());
    if (!status.ok()) return status;
    stored.renew_at_s = ca_.RenewAt(kept, spec);
    stored.is_new = true;
  }
  stored.identity = {.name = path.string(),
                     .chain_pem = std::move(kept.chain_pem),
                     .key_pem = std::move(kept.key_pem)};
  return stored;
}

}  // namespace signet
