#include "core/base/base64.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace signet {
namespace {

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

StatusOr<SecretBytes> DecodeBase64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);  // Never moved, so that no copy is left behind.
  uint32_t group = 0;
  size_t digits = 0;
  size_t padding = 0;
  bool good = true;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int value = Base64Value(c);
    good = good && value >= 0 && padding == 0;
    group = group << 6 | static_cast<uint32_t>(value & 63);
    if (++digits % 4 != 0) continue;
    for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<char>(group >> shift & 0xFF));
    group = 0;
  }
  const size_t left = digits % 4;
  good = good && left != 1 && padding == (left == 0 ? 0 : 4 - left);
  if (left >= 2) bytes.push_back(static_cast<char>(group >> (left == 2 ? 4 : 10) & 0xFF));
  if (left == 3) bytes.push_back(static_cast<char>(group >> 2 & 0xFF));
  SecretBytes decoded = SecretBytes::Take(&bytes);
  if (!good) return Status::Error("is not base64");
  return decoded;
}

void AppendBase64(ByteView bytes, std::string* text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(bytes.size() - at, 3);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? bytes[at + i] : 0u);
    for (size_t i = 0; i < 4; ++i) {
      *text += i <= count ? kDigits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
}

}  // namespace signet
