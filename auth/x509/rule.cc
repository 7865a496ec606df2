#include "auth/x509/rule.h"

#include <array>

namespace signet::auth::x509 {
namespace {

// In the order of Rule.
constexpr std::array<std::string_view, kRules> kSentences = {
    "no certificate was shown",
    "more certificates, or bytes of them, were shown than a chain may have",
    "a certificate that was shown is not X.509 in DER",
    "a name in a certificate that was shown is not clean text",
    "the certificate is not of X.509 version 3",
    "the certificate has a critical extension that is not understood",
    "the certificate is not valid yet",
    "the certificate has expired",
    "the certificate's key is of a kind or a length that is not accepted",
    "the certificate is a CA's, and a CA is no client",
    "the certificate's key usage does not allow digital signatures",
    "the certificate has no extended key usage, and must have clientAuth",
    "the certificate's extended key usage is without clientAuth",
    "the certificate has no common name, or several, or an empty one",
    "issuer not trusted",
    "a signature in the chain is wrong",
    "a signature in the chain is by an algorithm that is not accepted",
    "the keys of the chain are not all of one family",
    "the certificate of an issuer is not of X.509 version 3",
    "the certificate of an issuer has a critical extension that is not understood",
    "the certificate of an issuer is not valid yet",
    "the certificate of an issuer has expired",
    "the key of an issuer is of a kind or a length that is not accepted",
    "the certificate of an issuer is not a CA's",
    "the key usage of an issuer does not allow it to sign certificates",
    "the extended key usage of an issuer is without clientAuth",
    "there are more CAs below an issuer than its path length allows",
    "a name is outside of what the name constraints of an issuer allow",
    "there are too many ways from the certificate to an issuer",
    "a certificate of the chain has been revoked",
    "an issuer has no CRL",
    "the CRL of an issuer cannot be used: it is partial, or has something critical that is not "
    "understood",
    "the CRL of an issuer is not signed by it, or it may not sign CRLs",
    "the CRL of an issuer is not in force: its successor is due, or its time has not come",
};
static_assert(!kSentences.back().empty());

}  // namespace

std::string_view Sentence(Rule rule) { return kSentences[static_cast<size_t>(rule)]; }

}  // namespace signet::auth::x509
