#include "auth/x509/crl.h"

#include <algorithm>
#include <utility>

#include "auth/x509/certificate.h"
#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

constexpr uint32_t kVersion2 = 1;

bool IsLess(ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); }

bool HasCritical(const std::vector<Extension>& extensions) {
  return std::ranges::any_of(extensions, &Extension::critical);
}

bool IsTime(const ByteReader& reader) {
  return der::NextIs(reader, der::kUtcTime) || der::NextIs(reader, der::kGeneralizedTime);
}

// A delta, or a list for some reasons or of some certificates: even where that is not critical.
bool IsPartial(const Extension& extension) {
  return extension.object_id == "2.5.29.27" || extension.object_id == "2.5.29.28";
}

}  // namespace

std::unique_ptr<const Crl> Crl::Read(std::vector<uint8_t> der) {
  if (der.size() > kMaxCrlBytes) return nullptr;
  std::unique_ptr<Crl> crl(new Crl(std::move(der)));
  if (!crl->Parse()) return nullptr;
  crl->digest_ = DigestOf(crl->data_);
  return crl;
}

// TBSCertList (5.1).
bool Crl::Parse() {
  if (!ReadSigned(der_, &data_)) return false;
  ByteReader whole(data_.signed_part);
  ByteReader body;
  if (!der::Enter(&whole, der::kSequence, &body)) return false;
  uint32_t version = 0;
  if (der::NextIs(body, der::kInteger) &&
      (!der::ReadSmall(&body, &version) || version != kVersion2))
    return false;
  der::Element algorithm;
  der::Element issuer;
  if (!der::ReadTagged(&body, der::kSequence, &algorithm) ||
      !std::ranges::equal(algorithm.whole, data_.algorithm_der) ||
      !der::ReadTagged(&body, der::kSequence, &issuer) || !der::ReadTime(&body, &this_update_s_)) {
    return false;
  }
  issuer_ = issuer.whole;
  if (IsTime(body) && !der::ReadTime(&body, &next_update_s_.emplace())) return false;
  ByteReader entries;
  if (der::NextIs(body, der::kSequence) &&
      (!der::Enter(&body, der::kSequence, &entries) || !ReadEntries(entries))) {
    return false;
  }
  if (!body.empty()) {
    ByteReader inner;
    std::vector<Extension> extensions;
    if (version != kVersion2 || !der::Enter(&body, der::Constructed(0), &inner) ||
        !ReadExtensions(&inner, &extensions) || !inner.empty()) {
      return false;
    }
    usable_ = usable_ && !HasCritical(extensions) && std::ranges::none_of(extensions, &IsPartial);
  }
  return body.empty();
}

// SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }.
bool Crl::ReadEntries(ByteReader list) {
  while (!list.empty()) {
    ByteReader entry;
    ByteView serial;
    int64_t ignored;
    if (!der::Enter(&list, der::kSequence, &entry) || !der::ReadInteger(&entry, &serial) ||
        !der::ReadTime(&entry, &ignored)) {
      return false;
    }
    serials_.push_back(serial);
    if (entry.empty()) continue;
    std::vector<Extension> extensions;
    if (!ReadExtensions(&entry, &extensions) || !entry.empty()) return false;
    usable_ = usable_ && !HasCritical(extensions);
  }
  std::ranges::sort(serials_, IsLess);
  return true;
}

bool Crl::IsInForce(int64_t now_s) const {
  return this_update_s_ <= now_s && next_update_s_ && now_s < *next_update_s_;
}

bool Crl::IsSignedBy(const PublicKey& key) const { return x509::IsSignedBy(key, data_, digest_); }

bool Crl::Revokes(ByteView serial) const {
  return std::ranges::binary_search(serials_, serial, IsLess);
}

}  // namespace signet::auth::x509
