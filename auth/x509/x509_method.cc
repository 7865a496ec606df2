#include "auth/x509/x509_method.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/x509/text.h"
#include "core/base/log.h"

namespace signet::auth {
namespace {

// A path has an issuer: no leaf is an anchor.
CredentialName CredentialNameOf(const x509::VerifiedChain& chain) {
  return {.kind = CredentialName::Kind::kCertificate,
          .issuer = chain.subjects[1].ToText(),
          .id = x509::SerialText(chain.serial),
          .subject = chain.subjects.front().ToText(),
          .ends = WallTime::FromSeconds(chain.leaf_ends_at_s)};
}

}  // namespace

StatusOr<std::unique_ptr<X509Method>> X509Method::Create(const config::X509Settings& settings,
                                                         std::vector<std::string>* warnings) {
  StatusOr<x509::Trust> trust =
      x509::Trust::Read(settings.trusted_ca_pem, settings.client_crls, warnings);
  if (!trust.ok()) return trust.error();
  std::unique_ptr<X509Method> method(new X509Method(std::move(*trust)));
  if (Status status = method->ReadAttributes(settings); !status.ok()) return status;
  return method;
}

Status X509Method::ReadAttributes(const config::X509Settings& settings) {
  for (const auto& [label, entry] : settings.authorization_attributes) {
    const std::string where = fmt::format("authorizationAttributes.{}", EscapeForLog(label, 60));
    StatusOr<DistinguishedName> subject = DistinguishedName::Parse(entry.subject);
    if (!subject.ok()) {
      return Status::Error(fmt::format("the subject of {}: {}", where, subject.error().sentence()));
    }
    if (std::ranges::count(entries_, *subject, &Entry::first) > 0) {
      return Status::Error(fmt::format("the subject of {} has an entry already", where));
    }
    entries_.emplace_back(std::move(*subject),
                          Attributes(entry.attributes.begin(), entry.attributes.end()));
  }
  return Status::Ok();
}

bool X509Method::IsRelevant(const Credentials& credentials) const {
  return credentials.chain != nullptr && !credentials.chain->empty();
}

SecretBytes X509Method::Evidence(const Credentials& credentials) const {
  if (!IsRelevant(credentials)) return {};
  std::string evidence;
  for (const std::vector<uint8_t>& der : *credentials.chain) {
    evidence += fmt::format("{}:", der.size());  // DER says its length itself, if it is DER.
    evidence += AsText(der);
  }
  return SecretBytes::Take(&evidence);
}

void X509Method::Verify(const Credentials& credentials, WallTime now, Done done) {
  static const CertificateChain kNone;
  std::move(done)(Judge(credentials.chain == nullptr ? kNone : *credentials.chain, now));
}

Verdict X509Method::Judge(const CertificateChain& chain, WallTime now) const {
  const Expected<x509::VerifiedChain, x509::Rule> verified =
      x509::VerifyChain(chain, trust_, now.seconds());
  if (!verified.ok()) return Denied{.rule = std::string(x509::Sentence(verified.error()))};
  auto credential = std::make_shared<const CredentialName>(CredentialNameOf(*verified));
  return Accepted{.principal = {.username = verified->common_name,
                                .method = std::string(name()),
                                .identity = credential->subject,
                                .attributes = AttributesOf(*verified),
                                .deadline = WallTime::FromSeconds(verified->ends_at_s),
                                .credential = std::move(credential)},
                  .known_until = WallTime::FromSeconds(trust_.CrlsEndAt(now.seconds()))};
}

Attributes X509Method::AttributesOf(const x509::VerifiedChain& chain) const {
  for (const DistinguishedName& subject : chain.subjects) {
    const auto found = std::ranges::find(entries_, subject, &Entry::first);
    if (found != entries_.end()) return found->second;
  }
  return {};
}

}  // namespace signet::auth
