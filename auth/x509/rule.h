// Rule: each reason for which a client's certificates are refused, with its sentence for the log.
#pragma once

#include <cstdint>
#include <string_view>

namespace signet::auth::x509 {

enum class Rule : uint8_t {
  // Of any certificate that was shown.
  kNoChain,
  kTooLarge,
  kMalformed,
  kName,
  // Of the leaf.
  kVersion,
  kUnknownCritical,
  kNotYetValid,
  kExpired,
  kKey,
  kLeafIsCa,
  kKeyUsage,
  kNoExtendedKeyUsage,
  kNotForClients,
  kCommonName,
  // Of the way from it to a CA that is trusted.
  kNotTrusted,
  kSignature,
  kSignatureAlgorithm,
  kKeyFamilies,
  kIssuerVersion,
  kIssuerUnknownCritical,
  kIssuerNotYetValid,
  kIssuerExpired,
  kIssuerKey,
  kIssuerNotCa,
  kIssuerKeyUsage,
  kIssuerNotForClients,
  kPathLength,
  kNameConstraints,
  kTooManyPaths,
  // Of revocation.
  kRevoked,
  kNoCrl,
  kCrlUnusable,
  kCrlSignature,
  kCrlStale,
};
inline constexpr size_t kRules = static_cast<size_t>(Rule::kCrlStale) + 1;

// `the certificate has expired`.
std::string_view Sentence(Rule rule);

}  // namespace signet::auth::x509
