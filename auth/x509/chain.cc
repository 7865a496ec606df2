#include "auth/x509/chain.h"

#include <algorithm>
#include <optional>

#include "auth/x509/attribute_type.h"

namespace signet::auth::x509 {
namespace {

constexpr uint32_t kX509Version3 = 2;

using MaybeRule = std::optional<Rule>;  // Absent: nothing is wrong.

MaybeRule CheckLeaf(const Certificate& leaf, int64_t now_s) {
  if (leaf.version != kX509Version3) return Rule::kVersion;
  if (leaf.has_unknown_critical) return Rule::kUnknownCritical;
  if (now_s < leaf.not_before_s) return Rule::kNotYetValid;
  if (now_s >= leaf.not_after_s) return Rule::kExpired;
  if (!leaf.key.accepted) return Rule::kKey;
  if (leaf.is_ca()) return Rule::kLeafIsCa;
  if (leaf.key_usage && (*leaf.key_usage & kDigitalSignature) == 0) return Rule::kKeyUsage;
  if (!leaf.extended_key_usage) return Rule::kNoExtendedKeyUsage;
  if (!leaf.extended_key_usage->has_client_auth) return Rule::kNotForClients;
  const std::vector<std::string_view> names = leaf.subject.ValuesOf(kCommonNameType);
  if (names.size() != 1 || names.front().empty()) return Rule::kCommonName;
  return {};
}

// What an issuer has to be by itself, wherever it stands.
MaybeRule CheckIssuer(const Certificate& issuer, int64_t now_s) {
  if (issuer.version != kX509Version3) return Rule::kIssuerVersion;
  if (issuer.has_unknown_critical) return Rule::kIssuerUnknownCritical;
  if (now_s < issuer.not_before_s) return Rule::kIssuerNotYetValid;
  if (now_s >= issuer.not_after_s) return Rule::kIssuerExpired;
  if (!issuer.is_ca()) return Rule::kIssuerNotCa;
  if (issuer.key_usage && (*issuer.key_usage & kKeyCertSign) == 0) return Rule::kIssuerKeyUsage;
  if (const auto& usage = issuer.extended_key_usage) {
    if (!usage->has_client_auth && !usage->has_any) return Rule::kIssuerNotForClients;
  }
  return {};
}

bool IsOfCrl(Rule rule) { return rule >= Rule::kRevoked; }

bool IsSameKeyAndName(const Certificate& a, const Certificate& b) {
  return AsText(a.subject_der) == AsText(b.subject_der) && AsText(a.key_der) == AsText(b.key_der);
}

// A search in depth over all paths; the bounds on their length and on signatures end it.
class Search {
 public:
  Search(const std::vector<Certificate>& shown, const Trust& trust, int64_t now_s)
      : trust_(trust), now_s_(now_s) {
    for (const Certificate& ca : trust.cas()) issuers_.push_back(&ca);
    for (size_t i = 1; i < shown.size(); ++i) {
      const bool is_trusted = std::ranges::any_of(trust.cas(), [&](const Certificate& ca) {
        return AsText(ca.der) == AsText(shown[i].der);
      });
      if (!is_trusted) issuers_.push_back(&shown[i]);
    }
    steps_.push_back({.certificate = &shown.front()});
  }

  Expected<VerifiedChain, Rule> Run() {
    while (!steps_.empty()) {
      Step& top = steps_.back();
      if (top.next == issuers_.size()) {
        if (top.is_trusted && !top.is_spoken_against) Keep();
        steps_.pop_back();
        continue;
      }
      const size_t index = top.next++;
      const Certificate& issuer = *issuers_[index];
      if (AsText(issuer.subject_der) != AsText(top.certificate->issuer_der)) continue;
      const bool is_trusted = index < trust_.cas().size();
      if (MaybeRule rule = CheckStep(issuer)) {
        if (is_trusted && top.is_trusted && IsListedBy(issuer)) rule = Rule::kRevoked;
        if (*rule == Rule::kTooManyPaths) return *rule;
        top.is_spoken_against = top.is_spoken_against || (is_trusted && IsOfCrl(*rule));
        Note(*rule);
      } else if (!IsInPath(issuer) && steps_.size() < kMaxChainCertificates) {
        steps_.push_back({.certificate = &issuer, .is_trusted = is_trusted});
      }
    }
    if (best_.subjects.empty()) return failure_.value_or(Rule::kNotTrusted);
    return best_;
  }

 private:
  struct Step {
    const Certificate* certificate;
    bool is_trusted = false;
    // By a CRL of a trusted CA that has issued it.
    bool is_spoken_against = false;
    size_t next = 0;  // Of issuers_, to be tried.
  };

  // Whether `issuer` has rightly issued the top of the path. The signature comes first: if it is
  // not by this one, nothing else that is wrong with it matters.
  MaybeRule CheckStep(const Certificate& issuer) {
    const Certificate& issued = *steps_.back().certificate;
    if (issued.data.algorithm == SignatureAlgorithm::kUnknown) return Rule::kSignatureAlgorithm;
    if (!issuer.key.accepted) return Rule::kIssuerKey;
    if (issuer.key.family != steps_.front().certificate->key.family) return Rule::kKeyFamilies;
    if (checks_left_ == 0) return Rule::kTooManyPaths;
    --checks_left_;
    if (!IsSignedBy(issuer.key, issued.data, DigestOf(issued.data))) return Rule::kSignature;
    if (const MaybeRule rule = CheckIssuer(issuer, now_s_)) return rule;
    if (!IsPathShortEnough(issuer)) return Rule::kPathLength;
    if (!AreNamesAllowed(issuer)) return Rule::kNameConstraints;
    return CheckRevocation(issued, issuer);
  }

  // RFC 5280, 4.2.1.9: the leaf and what has issued itself do not count.
  bool IsPathShortEnough(const Certificate& issuer) const {
    if (!issuer.basic_constraints->path_length) return true;
    size_t below = 0;
    for (size_t i = 1; i < steps_.size(); ++i) {
      if (!steps_[i].certificate->is_self_issued()) ++below;
    }
    return below <= *issuer.basic_constraints->path_length;
  }

  // RFC 5280, 6.1.3 (b) and (c).
  bool AreNamesAllowed(const Certificate& issuer) const {
    if (!issuer.name_constraints) return true;
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Certificate& below = *steps_[i].certificate;
      if (i > 0 && below.is_self_issued()) continue;
      if (!Allows(*issuer.name_constraints, below, i == 0)) return false;
    }
    return true;
  }

  // Every list that counts is asked: if there are several, one may know what another does not.
  MaybeRule CheckRevocation(const Certificate& issued, const Certificate& issuer) {
    if (trust_.crls().empty()) return {};
    MaybeRule lacking = Rule::kNoCrl;
    bool is_covered = false;
    for (const auto& crl : trust_.crls()) {
      if (AsText(crl->issuer_der()) != AsText(issuer.subject_der)) continue;
      if (const MaybeRule rule = CheckCrl(*crl, issuer)) {
        if (*rule == Rule::kTooManyPaths) return rule;
        lacking = rule;
        continue;
      }
      if (crl->Revokes(issued.serial)) return Rule::kRevoked;
      is_covered = true;
    }
    return is_covered ? MaybeRule() : lacking;
  }

  // Whether `issuer` has taken the top of the path back, though it may be no part of a path itself:
  // its key is of another family, or its time is over.
  bool IsListedBy(const Certificate& issuer) {
    const Certificate& issued = *steps_.back().certificate;
    if (issuer.key_usage && (*issuer.key_usage & kCrlSign) == 0) return false;
    return std::ranges::any_of(trust_.crls(), [&](const auto& crl) {
      if (AsText(crl->issuer_der()) != AsText(issuer.subject_der) || !crl->is_usable() ||
          !crl->Revokes(issued.serial)) {
        return false;
      }
      if (checks_left_ < 2) return true;
      checks_left_ -= 2;
      return crl->IsSignedBy(issuer.key) &&
             IsSignedBy(issuer.key, issued.data, DigestOf(issued.data));
    });
  }

  MaybeRule CheckCrl(const Crl& crl, const Certificate& issuer) {
    if (issuer.key_usage && (*issuer.key_usage & kCrlSign) == 0) return Rule::kCrlSignature;
    if (checks_left_ == 0) return Rule::kTooManyPaths;
    --checks_left_;
    if (!crl.IsSignedBy(issuer.key)) return Rule::kCrlSignature;
    if (!crl.is_usable()) return Rule::kCrlUnusable;
    if (!crl.IsInForce(now_s_)) return Rule::kCrlStale;
    return {};
  }

  // A path that comes to the same CA again goes in a circle; a root is its own issuer.
  bool IsInPath(const Certificate& issuer) const {
    return std::ranges::any_of(
        steps_, [&](const Step& step) { return IsSameKeyAndName(*step.certificate, issuer); });
  }

  // The log gets one rule: the first one that was broken, but a signature by another one of the
  // same name says less than anything else.
  void Note(Rule rule) {
    if (!failure_ || *failure_ == Rule::kSignature) failure_ = rule;
  }

  void Keep() {
    int64_t ends_at_s = INT64_MAX;
    for (const Step& step : steps_) ends_at_s = std::min(ends_at_s, step.certificate->not_after_s);
    const size_t length = best_.subjects.size();
    if (steps_.size() < length || (steps_.size() == length && ends_at_s <= best_.ends_at_s)) return;
    const Certificate& leaf = *steps_.front().certificate;
    best_.ends_at_s = ends_at_s;
    best_.serial.assign(leaf.serial.begin(), leaf.serial.end());
    best_.leaf_ends_at_s = leaf.not_after_s;
    best_.subjects.clear();
    for (const Step& step : steps_) best_.subjects.push_back(step.certificate->subject);
    best_.common_name = best_.subjects.front().ValuesOf(kCommonNameType).front();
  }

  const Trust& trust_;
  const int64_t now_s_;
  std::vector<const Certificate*> issuers_;  // The trusted ones first.
  std::vector<Step> steps_;                  // The path, from the leaf up.
  size_t checks_left_ = kMaxSignatureChecks;
  MaybeRule failure_;
  VerifiedChain best_;
};

}  // namespace

Expected<VerifiedChain, Rule> VerifyChain(const CertificateChain& chain, const Trust& trust,
                                          int64_t now_s) {
  if (chain.empty()) return Rule::kNoChain;
  size_t bytes = 0;
  for (const std::vector<uint8_t>& der : chain) bytes += der.size();
  if (chain.size() > kMaxChainCertificates || bytes > kMaxChainBytes) return Rule::kTooLarge;
  std::vector<Certificate> shown;
  for (const std::vector<uint8_t>& der : chain) {
    Expected<Certificate, Rule> certificate = Certificate::Read(der);
    if (!certificate.ok()) return certificate.error();
    shown.push_back(std::move(*certificate));
  }
  if (const MaybeRule rule = CheckLeaf(shown.front(), now_s)) return *rule;
  return Search(shown, trust, now_s).Run();
}

}  // namespace signet::auth::x509
