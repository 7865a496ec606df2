#include "net/http/curl_transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/http/http_failure.h"

namespace signet {
namespace {

// libcurl takes numbers as long; 0 would be its own default.
long ToMilliseconds(Duration time) {
  return static_cast<long>(std::clamp<int64_t>(time / milliseconds(1), 1, INT32_MAX));
}

// Read where it lies; it must live as long as the transfer.
curl_blob BlobOf(std::string_view text) {
  return {.data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_NOCOPY};
}

bool EqualsLower(std::string_view name, std::string_view lower) {
  return std::ranges::equal(name, lower, [](char a, char b) { return (a | 0x20) == b; });
}

// Sets options until one is refused: a libcurl that lacks one would do without what it protects.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}

  template <typename Value>
  void Set(CURLoption option, Value value) {
    if (refused_ != 0) return;
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) refused_ = option;
  }

  Status status() const {
    if (refused_ == 0) return Status::Ok();
    return Status::Error(fmt::format("libcurl {} refuses to set its option {}",
                                     curl_version_info(CURLVERSION_NOW)->version, refused_));
  }

 private:
  CURL* const easy_;
  int refused_ = 0;
};

void SetTransport(Options& options) {
  options.Set(CURLOPT_PROTOCOLS_STR, "https");
  options.Set(CURLOPT_FOLLOWLOCATION, 0L);
  options.Set(CURLOPT_PROXY, "");  // Whatever the environment says.
  options.Set(CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  options.Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  options.Set(CURLOPT_NOSIGNAL, 1L);
  options.Set(CURLOPT_HTTP09_ALLOWED, 0L);
  options.Set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  // Rather a stream of a connection that is being made than a connection of its own.
  options.Set(CURLOPT_PIPEWAIT, 1L);
  // A name that takes long to resolve is left to its thread; else the end of a request, too late as
  // it is, would wait for it.
  options.Set(CURLOPT_QUICK_EXIT, 1L);
}

void SetTrust(Options& options, const HttpTrust& trust) {
  options.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  options.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.Set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  options.Set(CURLOPT_SSL_SESSIONID_CACHE, 0L);  // Of this handle, which is used once.
  if (!trust.ca_pem.empty()) {
    const curl_blob roots = BlobOf(trust.ca_pem);
    options.Set(CURLOPT_CAINFO_BLOB, &roots);
    // The file of the system's roots gives way to the blob; the folder of them would not.
    options.Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!trust.client_chain_pem.empty()) {
    const curl_blob chain = BlobOf(trust.client_chain_pem);
    const curl_blob key = BlobOf(trust.client_key_pem.text());
    options.Set(CURLOPT_SSLCERTTYPE, "PEM");
    options.Set(CURLOPT_SSLCERT_BLOB, &chain);
    options.Set(CURLOPT_SSLKEYTYPE, "PEM");
    options.Set(CURLOPT_SSLKEY_BLOB, &key);
    // Of an encrypted key, so that nobody is asked for it at a terminal.
    options.Set(CURLOPT_KEYPASSWD, "");
  }
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequest request, HttpTarget target, HttpFetcher::Done done,
                           CurlPool* pool, OpenSockets* sockets)
    : request_(std::move(request)),
      target_(std::move(target)),
      done_(std::move(done)),
      pool_(pool),
      sockets_(*sockets) {}

Status CurlTransfer::Open() {
  easy_.reset(curl_easy_init());
  if (easy_ == nullptr) return Status::Error("there is no memory to ask it");
  MakeHeaderLines();
  Status status = SetOptions();
  if (!status.ok()) Close();
  return status;
}

// libcurl takes `Name: value`, and for an empty value `Name;`.
void CurlTransfer::AddHeaderLine(std::string_view name, std::string_view value) {
  const bool is_blank = value.find_first_not_of(" \t") == value.npos;
  std::string line;
  line.reserve(name.size() + value.size() + 2);  // In one go: growing would leave copies behind.
  line += name;
  line += is_blank ? ";" : ": ";
  if (!is_blank) line += value;
  header_lines_.push_back(SecretBytes::Take(&line));
}

void CurlTransfer::MakeHeaderLines() {
  header_lines_.reserve(request_.headers.size() + 2);
  // What it would add by itself.
  header_lines_.emplace_back("Expect:");
  bool has_type = false;
  for (const auto& [name, value] : request_.headers) {
    AddHeaderLine(name, value.text());
    has_type = has_type || EqualsLower(name, "content-type");
  }
  if (!has_type) header_lines_.emplace_back("Content-Type:");
  // A list made by libcurl would be a copy.
  header_list_.resize(header_lines_.size());
  for (size_t i = 0; i < header_list_.size(); ++i) {
    header_list_[i] = {.data = const_cast<char*>(header_lines_[i].text().data()),
                       .next = i + 1 < header_list_.size() ? &header_list_[i + 1] : nullptr};
  }
  request_.headers.clear();
}

Status CurlTransfer::SetOptions() {
  Options options(easy_.get());
  options.Set(CURLOPT_PRIVATE, static_cast<void*>(this));
  options.Set(CURLOPT_ERRORBUFFER, words_.data());
  options.Set(CURLOPT_CURLU, target_.url.get());
  SetTransport(options);
  SetTrust(options, *request_.trust);
  // The time of the whole is ours to watch: libcurl's begins when it begins, and does not go on
  // while a request waits for a connection.
  options.Set(CURLOPT_CONNECTTIMEOUT_MS, ToMilliseconds(request_.connect_timeout));
  options.Set(CURLOPT_USERAGENT, "signet");
  options.Set(CURLOPT_HTTPHEADER, header_list_.data());
  if (request_.verb == HttpRequest::Verb::kPost) {
    options.Set(CURLOPT_POST, 1L);
    options.Set(CURLOPT_POSTFIELDS, request_.body.text().data());
    options.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  } else {
    options.Set(CURLOPT_HTTPGET, 1L);
  }
  options.Set(CURLOPT_OPENSOCKETFUNCTION, &OpenSockets::Open);
  options.Set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&sockets_));
  options.Set(CURLOPT_CLOSESOCKETFUNCTION, &OpenSockets::Close);
  options.Set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&sockets_));
  options.Set(CURLOPT_PREREQFUNCTION, &CurlTransfer::OnConnection);
  options.Set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  options.Set(CURLOPT_RESOLVER_START_FUNCTION, &CurlTransfer::OnResolve);
  options.Set(CURLOPT_RESOLVER_START_DATA, static_cast<void*>(this));
  options.Set(CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  options.Set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  options.Set(CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  options.Set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  return options.status();
}

int CurlTransfer::OnResolve(void* /*resolver*/, void* /*unused*/, void* self) {
  static_cast<CurlTransfer*>(self)->resolving_ = true;
  return 0;
}

// Right before the request is sent. To abort it closes the connection, unless it is one of HTTP/2.
int CurlTransfer::OnConnection(void* self, char* /*remote_ip*/, char* /*local_ip*/,
                               int /*remote_port*/, int local_port) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.spoilt_ || !transfer.sockets_.HasUnaskedBytes(static_cast<uint16_t>(local_port))) {
    return CURL_PREREQFUNC_OK;
  }
  transfer.spoilt_ = true;
  return CURL_PREREQFUNC_ABORT;
}

// libcurl 7.88 resets each stream of HTTP/2, even those that have ended well. Some servers take
// that for an attack after a thousand, and end the connection. What they had not begun with libcurl
// asks for again by itself; but one stream may have been chosen too late to hear of the end.
bool CurlTransfer::IsLost(CURLcode code) const {
  long connects = 0;
  long status = 0;
  return code == CURLE_HTTP2 &&
         curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &connects) == CURLE_OK &&
         curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
         connects == 0 && status == 0;
}

bool CurlTransfer::WantsNewConnection(CURLcode code) {
  const bool is_unsent = code == CURLE_ABORTED_BY_CALLBACK && spoilt_;
  if (!is_unsent && !IsLost(code)) return false;
  words_ = {};
  return curl_easy_setopt(easy_.get(), CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
}

// To take less than what there is ends the transfer.
size_t CurlTransfer::OnHeader(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size * count);
  transfer.head_bytes_ += line.size();
  if (transfer.head_bytes_ > transfer.request_.max_response_bytes) {
    transfer.too_large_ = "its headers are";
    return 0;
  }
  if (line.starts_with("HTTP/1")) {
    long local_port = 0;
    curl_easy_getinfo(transfer.easy_.get(), CURLINFO_LOCAL_PORT, &local_port);
    transfer.sockets_.NoteHttp1(static_cast<uint16_t>(local_port));
  }
  transfer.head_.OnLine(line);
  return line.size();
}

size_t CurlTransfer::OnBody(char* data, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view bytes(data, size * count);
  if (bytes.size() > transfer.request_.max_response_bytes - transfer.body_.size()) {
    transfer.too_large_ = "its answer is";
    return 0;
  }
  transfer.body_.Append(bytes);
  return bytes.size();
}

CurlTransfer::Outcome CurlTransfer::TakeOutcome(CURLcode code) {
  if (too_large_ != nullptr) {
    return Failure(fmt::format("{} larger than {} bytes", too_large_, request_.max_response_bytes));
  }
  if (code != CURLE_OK) {
    return Failure(DescribeCurlFailure(easy_.get(), code, words_.data(), request_.connect_timeout));
  }
  if (!head_.is_complete()) return Failure("its answer is not HTTP");
  return HttpResponse{.status = head_.status(),
                      .content_type = head_.content_type(),
                      .fresh_s = head_.fresh_s(),
                      .etag = head_.etag(),
                      .retry_after_s = head_.retry_after_s(),
                      .body = std::move(body_)};
}

HttpFailure CurlTransfer::TooLate() const {
  return Failure(DescribeTimeout(easy_.get(), resolving_, request_.timeout));
}

HttpFailure CurlTransfer::Failure(std::string_view cause) const {
  return {.sentence = fmt::format("{}: {}", target_.host, cause)};
}

}  // namespace signet
