#include "net/websocket/handshake.h"

#include <wolfssl/options.h>  // First, or the other headers describe another library.
#include <wolfssl/wolfcrypt/coding.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/sha.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "fmt/format.h"

namespace signet::websocket {
namespace {

constexpr std::string_view kSubprotocol = "mqtt";  // [MQTT-6.0.0-3], [MQTT-6.0.0-4].
constexpr std::string_view kVersion13 = "13";

// In the order of Handshake::Single.
constexpr auto kSingleNames = std::to_array<std::string_view>(
    {"Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin", "Content-Length"});

std::string_view PhraseOf(int status) {
  switch (status) {
    case 403:
      return "Forbidden";
    case 405:
      return "Method Not Allowed";
    case 426:
      return "Upgrade Required";
    case 431:
      return "Request Header Fields Too Large";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Bad Request";
  }
}

// What a status asks to be said beside it (RFC 9110, 15.5.6 and 15.5.22; RFC 6455, 4.4).
std::string_view FieldsOf(int status) {
  if (status == 405) return "Allow: GET\r\nConnection: close\r\n";
  if (status == 426) {
    return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n";
  }
  return "Connection: close\r\n";
}

bool IsBase64Digit(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || character == '+' || character == '/';
}

// Base64 of sixteen bytes (RFC 6455, 4.1). What they are makes no difference.
bool IsKey(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), IsBase64Digit);
}

// RFC 6455, 4.2.2: proves that the request was understood, and protects nothing.
std::string AcceptOf(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<uint8_t, WC_SHA_DIGEST_SIZE> digest{};
  CHECK(wc_ShaHash(AsBytes(text).data(), static_cast<word32>(text.size()), digest.data()) == 0);
  std::array<uint8_t, 32> accept{};
  auto size = static_cast<word32>(accept.size());
  CHECK(Base64_Encode_NoNl(digest.data(), digest.size(), accept.data(), &size) == 0);
  return std::string(AsText(ByteView(accept).first(size)));
}

bool EqualsExactly(std::string_view a, std::string_view b) { return a == b; }

}  // namespace

Handshake::Handshake(std::shared_ptr<const WebSocketSettings> settings)
    : settings_(std::move(settings)) {
  CHECK(settings_ != nullptr);
}

Handshake::State Handshake::Receive(ByteView* bytes) {
  while (state_ == State::kReading && !bytes->empty()) {
    if (received_ == 0) OnFirstByte(bytes->front());
    if (state_ != State::kReading) break;
    const auto end = std::find(bytes->begin(), bytes->end(), '\n');
    const bool whole = end != bytes->end();
    const auto size = static_cast<size_t>(end - bytes->begin()) + (whole ? 1 : 0);
    if (size > kMaxRequestBytes - received_) {
      Refuse(431, fmt::format("the request is longer than {} bytes", kMaxRequestBytes));
      break;
    }
    const ByteView part = bytes->first(size);
    received_ += size;
    *bytes = bytes->subspan(size);
    if (whole && line_.empty()) {
      OnLine(AsText(part));
      continue;
    }
    Keep(part);
    if (!whole) break;
    OnLine(AsText(line_));
    line_.clear();
  }
  return state_;
}

// A vector that doubles would hold up to twice the limit.
void Handshake::Keep(ByteView part) {
  const size_t size = line_.size() + part.size();
  if (size > line_.capacity())
    line_.reserve(std::min(kMaxRequestBytes, std::max(size, 2 * line_.capacity())));
  line_.insert(line_.end(), part.begin(), part.end());
}

// Wrong ports are a common mistake, and what comes there has no end of a line to wait for.
void Handshake::OnFirstByte(uint8_t byte) {
  if (byte == 0x10) {
    TurnAway("the client sent MQTT without WebSocket; this port takes WebSockets");
  } else if (byte == 0x16) {
    TurnAway("the client began TLS, but this WebSocket port has no TLS");
  } else if (byte == '\r') {
    TurnAway("what came is no HTTP request; if it is a PROXY header, the port must be told of it");
  } else if (!IsTokenCharacter(static_cast<char>(byte))) {
    TurnAway(fmt::format("what came is no HTTP request: it begins with byte 0x{:02x}", byte));
  }
}

void Handshake::OnLine(std::string_view line) {
  if (!line.ends_with("\r\n")) return Refuse(400, "a line of the request does not end with CRLF");
  line.remove_suffix(2);
  if (lines_++ == 0) return OnRequestLine(line);
  if (line.empty()) return OnEnd();
  if (lines_ - 1 > kMaxFields) {
    return Refuse(431, fmt::format("the request has more than {} fields", kMaxFields));
  }
  const std::optional<HttpField> field = ParseHttpField(line);
  if (!field) return Refuse(400, "a field of the request is malformed");
  OnField(*field);
}

void Handshake::OnRequestLine(std::string_view line) {
  if (line.starts_with("PROXY ")) {
    return TurnAway("a PROXY header came; the port must be told whose it takes");
  }
  const std::optional<HttpRequestLine> request = ParseHttpRequestLine(line);
  if (!request) return Refuse(400, "the request line is malformed");
  if (!request->version.starts_with("HTTP/1.") || request->version == "HTTP/1.0") {
    return Refuse(505, "a WebSocket is opened by HTTP/1.1");
  }
  if (request->method != "GET") return Refuse(405, "a WebSocket is opened by GET");
  // Any path, also behind the name of the server, as it is written to a proxy (RFC 9112, 3.2.2).
  if (!request->target.starts_with('/') && request->target.find("://") == std::string_view::npos) {
    return Refuse(400, "the request line has no path");
  }
}

void Handshake::OnField(const HttpField& field) {
  for (size_t i = 0; i < kSingles; ++i) {
    if (EqualsIgnoringCase(field.name, kSingleNames[i])) {
      return OnSingle(static_cast<Single>(i), field.value);
    }
  }
  const auto named = [&](std::string_view name) { return EqualsIgnoringCase(field.name, name); };
  if (named("Upgrade")) {
    upgrades_to_websocket_ |= ListHolds(field.value, "websocket", EqualsIgnoringCase);
  } else if (named("Connection")) {
    connection_says_upgrade_ |= ListHolds(field.value, "upgrade", EqualsIgnoringCase);
  } else if (named("Sec-WebSocket-Protocol")) {
    offers_mqtt_ |= ListHolds(field.value, kSubprotocol, EqualsExactly);
  } else if (named("Transfer-Encoding")) {
    Refuse(400, "the request has a body");
  }
}

void Handshake::OnSingle(Single which, std::string_view value) {
  if (singles_[which]) {
    return Refuse(400, "a field stands twice in the request",
                  fmt::format(": {}", kSingleNames[which]));
  }
  if (value.size() > kMaxValueBytes) {
    return Refuse(431, "a field of the request is too long",
                  fmt::format(": {}", kSingleNames[which]));
  }
  if (which == kContentLength && value != "0") return Refuse(400, "the request has a body");
  singles_[which] = value;
}

void Handshake::OnEnd() {
  if (!IsHttpHost(singles_[kHost].value_or(""))) {
    return Refuse(400, "the request has no valid Host");
  }
  if (!upgrades_to_websocket_) return Refuse(426, "this port takes WebSockets");
  if (!connection_says_upgrade_) return Refuse(400, "Connection does not list \"upgrade\"");
  if (singles_[kVersion].value_or("") != kVersion13) {
    return Refuse(426, "the version of WebSocket here is 13");
  }
  if (!IsKey(singles_[kKey].value_or(""))) {
    return Refuse(400, "Sec-WebSocket-Key is not the Base64 of 16 bytes");
  }
  if (!offers_mqtt_) return Refuse(400, "Sec-WebSocket-Protocol does not list \"mqtt\"");
  const std::optional<std::string>& origin = singles_[kOrigin];
  const auto is_origin = [&](std::string_view a) { return EqualsIgnoringCase(a, *origin); };
  if (origin && !settings_->allowed_origins.empty() &&
      std::ranges::none_of(settings_->allowed_origins, is_origin)) {
    return Refuse(403, "this Origin is not allowed", fmt::format(": {}", EscapeForLog(*origin)));
  }
  Accept();
}

void Handshake::Accept() {
  state_ = State::kAccepted;
  response_ = fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n"
      "Sec-WebSocket-Protocol: {}\r\n\r\n",
      AcceptOf(*singles_[kKey]), kSubprotocol);
}

void Handshake::Refuse(int status, std::string_view why, std::string_view detail) {
  state_ = State::kRefused;
  response_ = fmt::format(
      "HTTP/1.1 {} {}\r\n{}"
      "Content-Type: text/plain\r\n"
      "Content-Length: {}\r\n\r\n{}\n",
      status, PhraseOf(status), FieldsOf(status), why.size() + 1, why);
  sentence_ =
      fmt::format("the WebSocket was refused with HTTP status {}: {}{}", status, why, detail);
}

void Handshake::TurnAway(std::string sentence) {
  state_ = State::kRefused;
  sentence_ = std::move(sentence);
}

}  // namespace signet::websocket
