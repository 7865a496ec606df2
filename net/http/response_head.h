// ResponseHead: what we want to know of the head of an HTTP response, gathered line by line. The
// lines are a server's and may say anything; what makes no sense is as if it were not there, except
// that a lifetime nobody can read is none (RFC 9111, 4.2.1). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signet {

class ResponseHead {
 public:
  // The next line, whatever ends it included: a status line, a field, or the empty line that ends a
  // head. A status line begins anew, as an interim response (RFC 9110, 15.2) precedes the final
  // one. What comes after the final head are trailers, which count for nothing.
  void OnLine(std::string_view line);

  uint16_t status() const { return status_; }  // 0: there was no status line.
  bool is_complete() const { return complete_; }
  const std::string& content_type() const { return content_type_; }
  // As HttpResponse has them (core/access/http_fetcher.h).
  std::optional<uint64_t> fresh_s() const;
  const std::string& etag() const { return etag_; }
  std::optional<uint64_t> retry_after_s() const { return retry_after_s_; }

 private:
  void OnStatusLine(std::string_view line);
  void OnField(std::string_view name, std::string_view value);
  void OnCacheControl(std::string_view value);

  uint16_t status_ = 0;
  bool complete_ = false;
  std::string content_type_;
  std::optional<uint64_t> max_age_s_;  // Of Cache-Control: 0 for no-store and no-cache.
  std::optional<int64_t> expires_s_;   // Seconds since 1970, and so is date_s_.
  std::optional<int64_t> date_s_;
  uint64_t age_s_ = 0;
  std::string etag_;
  std::optional<uint64_t> retry_after_s_;
};

}  // namespace signet
