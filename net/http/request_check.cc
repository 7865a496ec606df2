#include "net/http/request_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/base/log.h"

namespace signet {
namespace {

constexpr size_t kMostUrlBytes = 8192;
constexpr size_t kMostHeaders = 100;
constexpr size_t kMostHeaderBytes = 64 * 1024;  // Name and value of one.
constexpr size_t kMostHostBytes = 100;          // In a sentence.

// What says where the request goes and where it ends is libcurl's to say: two opinions about it are
// how requests are smuggled (RFC 9112, 11.2).
constexpr auto kReserved = std::to_array<std::string_view>(
    {"connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te",
     "trailer", "transfer-encoding", "upgrade"});

bool IsTokenChar(char c) {  // RFC 9110, 5.6.2.
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// RFC 9110, 5.5: no control characters but the tab.
bool IsValueChar(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f); }

bool IsReserved(std::string_view name) {
  return std::ranges::any_of(kReserved, [&](std::string_view reserved) {
    return std::ranges::equal(name, reserved, [](char a, char b) { return (a | 0x20) == b; });
  });
}

HttpFailure RequestFailure(std::string sentence) { return {.sentence = std::move(sentence)}; }

Expected<HttpTarget, HttpFailure> CheckUrl(const std::string& text) {
  constexpr std::string_view kNot = "the URL of an HTTPS server is needed, `https://host/path`";
  if (text.size() > kMostUrlBytes) {
    return RequestFailure(fmt::format("a URL of more than {} bytes is not asked", kMostUrlBytes));
  }
  const auto is_printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::ranges::all_of(text, is_printable)) {
    return RequestFailure(
        fmt::format("{}, and this one has spaces or other characters in it", kNot));
  }
  // libcurl would take any number of slashes, and what follows for the host.
  constexpr std::string_view kScheme = "https://";
  const auto same = [](char a, char b) {
    return a == b || (a >= 'A' && a <= 'Z' && (a | 0x20) == b);
  };
  const std::string_view start = std::string_view(text).substr(0, kScheme.size());
  if (!std::ranges::equal(start, kScheme, same) || text.substr(start.size()).starts_with('/')) {
    return RequestFailure(std::string(kNot));
  }
  CurlUrl url(curl_url());
  if (url == nullptr) return RequestFailure("there is no memory");
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER);
  if (code == CURLUE_USER_NOT_ALLOWED)
    return RequestFailure(fmt::format("{}, without a user", kNot));
  if (code != CURLUE_OK)
    return RequestFailure(fmt::format("{} ({})", kNot, curl_url_strerror(code)));
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    const bool there = curl_url_get(url.get(), which, &value, 0) == CURLUE_OK;
    const CurlText owner(value);
    return std::string(there ? value : "");
  };
  if (part(CURLUPART_SCHEME) != "https") return RequestFailure(std::string(kNot));
  std::string host = part(CURLUPART_HOST);
  if (host.empty()) return RequestFailure(std::string(kNot));
  if (const std::string port = part(CURLUPART_PORT); !port.empty()) host += ":" + port;
  return HttpTarget{.url = std::move(url), .host = EscapeForLog(host, kMostHostBytes)};
}

}  // namespace

Expected<HttpTarget, HttpFailure> CheckRequest(const HttpRequest& request) {
  auto target = CheckUrl(request.url);
  if (!target.ok()) return target;
  const auto fail = [&](std::string_view what, std::string_view name = {}) {
    return RequestFailure(fmt::format("{}: {}{}", target->host, what, EscapeForLog(name, 64)));
  };
  if (request.headers.size() > kMostHeaders) return fail("there are too many headers to send");
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || !std::ranges::all_of(name, IsTokenChar)) {
      return fail("this is no name of a header: ", name);
    }
    if (IsReserved(name)) return fail("this header is not the sender's to set: ", name);
    if (name.size() + value.size() > kMostHeaderBytes) return fail("too long a header: ", name);
    if (!std::ranges::all_of(value.text(), IsValueChar)) {
      return fail("control characters stand in the header ", name);
    }
  }
  return target;
}

}  // namespace signet
