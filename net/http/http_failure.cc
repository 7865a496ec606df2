#include "net/http/http_failure.h"

#include <fmt/format.h>

#include <system_error>

#include "core/base/log.h"

namespace signet {
namespace {

constexpr size_t kMostQuotedBytes = 200;

long InfoNumber(CURL* easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

// Whether the transfer has come to the end of this phase.
bool Reached(CURL* easy, CURLINFO phase_time) {
  curl_off_t time_us = 0;
  curl_easy_getinfo(easy, phase_time, &time_us);
  return time_us > 0;
}

std::string With(std::string_view sentence, std::string_view words) {
  if (words.empty()) return std::string(sentence);
  return fmt::format("{} ({})", sentence, EscapeForLog(words, kMostQuotedBytes));
}

// The numbers are OpenSSL's X509_V_ERR_*, whose headers we do not have: they would clash with
// wolfSSL's.
std::string DescribeCertificate(long verify_result, std::string_view words) {
  // The chain is good, or has not been said to be bad, when libcurl looks at the names.
  constexpr std::string_view kOfNames = "subject name";
  if (verify_result <= 1 && words.find(kOfNames) != words.npos) {
    return "its certificate is for another name";
  }
  switch (verify_result) {
    case 2:   // UNABLE_TO_GET_ISSUER_CERT
    case 18:  // DEPTH_ZERO_SELF_SIGNED_CERT
    case 19:  // SELF_SIGNED_CERT_IN_CHAIN
    case 20:  // UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    case 21:  // UNABLE_TO_VERIFY_LEAF_SIGNATURE
      return "its certificate is not trusted: no CA that we trust has issued it";
    case 9:
      return "its certificate is not valid yet; one of the two clocks may be wrong";
    case 10:
      return "its certificate has expired";
    default:
      return With("its certificate is not trusted", words);
  }
}

std::string DescribeUnconnected(CURL* easy, std::string_view words) {
  const long error = InfoNumber(easy, CURLINFO_OS_ERRNO);
  if (error == 0) return With("no connection", words);
  return With("no connection", std::generic_category().message(static_cast<int>(error)));
}

// For us the handshake is done when a server finds that it does not like our certificate, or has
// got none; its alert may be overtaken by the end of the connection.
std::string DescribeBreak(CURL* easy, std::string_view words) {
  if (words.starts_with("getpeername()")) words = "it was closed at once";
  const bool at_once =
      InfoNumber(easy, CURLINFO_NUM_CONNECTS) > 0 && InfoNumber(easy, CURLINFO_RESPONSE_CODE) == 0;
  if (!at_once) return With("the connection broke", words);
  return With("the connection broke before it was of use", words) +
         "; the server may want another client certificate, or any";
}

std::string DescribeUnconnectedInTime(CURL* easy, std::string_view within) {
  if (!Reached(easy, CURLINFO_NAMELOOKUP_TIME_T)) {
    return fmt::format("its name was not resolved within {}", within);
  }
  return fmt::format("no TLS connection within {}", within);
}

}  // namespace

std::string InWords(Duration time) {
  if (time >= seconds(1) && time % seconds(1) == Duration(0)) {
    return fmt::format("{} s", time / seconds(1));
  }
  return fmt::format("{} ms", time / milliseconds(1));
}

std::string DescribeCurlFailure(CURL* easy, CURLcode code, std::string_view words,
                                Duration connect_timeout) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "its name cannot be resolved";
    case CURLE_COULDNT_CONNECT:
      return DescribeUnconnected(easy, words);
    case CURLE_OPERATION_TIMEDOUT:  // We gave it no time limit but this one.
      return DescribeUnconnectedInTime(easy, InWords(connect_timeout));
    case CURLE_PEER_FAILED_VERIFICATION:
      return DescribeCertificate(InfoNumber(easy, CURLINFO_SSL_VERIFYRESULT), words);
    case CURLE_SSL_CACERT_BADFILE:
      return With("the CA certificates to trust for it cannot be read", words);
    case CURLE_SSL_CERTPROBLEM:
      return With("our client certificate or its key cannot be used", words);
    case CURLE_SSL_CONNECT_ERROR:
      return With("the TLS handshake fails", words);
    case CURLE_GOT_NOTHING:
      return "it closed the connection without an answer";
    case CURLE_PARTIAL_FILE:
      return "it closed the connection in the midst of its answer";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return DescribeBreak(easy, words);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return With("its answer is not HTTP", words);
    default:
      return With(curl_easy_strerror(code), words);
  }
}

std::string DescribeTimeout(CURL* easy, bool resolving, Duration timeout) {
  const std::string within = InWords(timeout);
  if (easy == nullptr) {
    return fmt::format("not asked within {}, as too many requests wait for answers", within);
  }
  if (InfoNumber(easy, CURLINFO_RESPONSE_CODE) != 0) {
    return fmt::format("its answer was not complete within {}", within);
  }
  if (Reached(easy, CURLINFO_PRETRANSFER_TIME_T)) return fmt::format("no answer within {}", within);
  if (!resolving && !Reached(easy, CURLINFO_NAMELOOKUP_TIME_T)) {
    return fmt::format("no connection was free within {}", within);
  }
  return DescribeUnconnectedInTime(easy, within);
}

}  // namespace signet
