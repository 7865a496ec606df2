#include "core/config/http_header.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/config/values.h"

namespace signet::config {
namespace {

constexpr size_t kMaxBytes = 64 * 1024;  // Name and value of one.

// What says where a request goes and where it ends, and what the API says of its body.
constexpr auto kOurs = std::to_array<std::string_view>(
    {"accept", "connection", "content-length", "content-type", "expect", "host", "keep-alive",
     "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"});

bool IsTokenChar(char c) {  // RFC 9110, 5.6.2.
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsValueChar(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 0x20 && c != 0x7F); }

}  // namespace

Status CheckHttpHeader(std::string_view name, std::string_view value) {
  if (name.empty() || !std::ranges::all_of(name, IsTokenChar)) {
    return Status::Error("is no name of a header");
  }
  if (std::ranges::any_of(kOurs, [&](auto ours) { return SameInAnyCase(name, ours); })) {
    return Status::Error("is a header that the broker sets itself");
  }
  if (!std::ranges::all_of(value, IsValueChar)) {
    return Status::Error("is a header with control characters in its value");
  }
  if (name.size() + value.size() > kMaxBytes) return Status::Error("is too long a header");
  return Status::Ok();
}

}  // namespace signet::config
