#include "net/tls/client_hello.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace signet {
namespace {

constexpr size_t kRecordHead = 5;
constexpr size_t kMessageHead = 4;
constexpr uint8_t kHandshake = 22;
constexpr uint8_t kClientHello = 1;
constexpr uint16_t kServerNameExtension = 0;
constexpr uint8_t kHostName = 0;
constexpr size_t kMaxPlainFragment = 1 << 14;  // RFC 8446, 5.1.

// What a peer may be saying that took this port for another one.
struct Mistaken {
  std::string_view begins;
  std::string_view sentence;
};

constexpr std::string_view kHttp = "it speaks plain HTTP to a TLS port: it has to use wss:// here";
constexpr std::string_view kProxy =
    "it sent a PROXY header to a port that is not told to expect one";

constexpr Mistaken kMistaken[] = {
    {"\x10", "it speaks plain MQTT to a TLS port: it has to use TLS here"},
    {"GET", kHttp},
    {"HEAD", kHttp},
    {"POST", kHttp},
    {"PUT", kHttp},
    {"OPTIONS", kHttp},
    {"CONNECT", kHttp},
    {"PRI ", kHttp},
    {"PROXY", kProxy},
    {std::string_view("\r\n\r\n\0\r\nQUIT\n", 12), kProxy},
};

std::string WhatElse(ByteView received) {
  const std::string_view text = AsText(received);
  for (const Mistaken& mistaken : kMistaken) {
    if (text.starts_with(mistaken.begins)) return std::string(mistaken.sentence);
  }
  return fmt::format("it does not speak TLS: its first bytes are {:02x}",
                     fmt::join(received.first(std::min<size_t>(received.size(), 8)), " "));
}

// Letters, digits, '-', '_' and '.', as a DNS name is written in TLS; anything else matches no
// certificate of ours.
std::string CheckedName(ByteView bytes) {
  std::string name(AsText(bytes));
  if (name.size() > 253) return {};
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!good) return {};
  }
  if (name.ends_with('.')) name.pop_back();
  return name;
}

// A vector with a one-byte length.
bool ReadShort(ByteReader* reader, ByteView* view) {
  uint8_t size;
  return reader->ReadU8(&size) && reader->ReadBytes(size, view);
}

// RFC 6066, 3: a list of one entry, in effect.
std::string NameIn(ByteView extension) {
  ByteReader reader(extension);
  ByteView list;
  if (!reader.ReadBinary(&list)) return {};
  ByteReader entries(list);
  uint8_t type;
  ByteView name;
  while (entries.ReadU8(&type) && entries.ReadBinary(&name)) {
    if (type == kHostName) return CheckedName(name);
  }
  return {};
}

// What is malformed gives no name; wolfSSL is the one that refuses it.
std::string ServerNameOf(ByteView body) {
  ByteReader reader(body);
  ByteView ignored;
  ByteView extensions;
  if (!reader.ReadBytes(2 + 32, &ignored) || !ReadShort(&reader, &ignored) ||
      !reader.ReadBinary(&ignored) || !ReadShort(&reader, &ignored) ||
      !reader.ReadBinary(&extensions)) {
    return {};
  }
  ByteReader rest(extensions);
  uint16_t type;
  ByteView extension;
  while (rest.ReadU16(&type) && rest.ReadBinary(&extension)) {
    if (type == kServerNameExtension) return NameIn(extension);
  }
  return {};
}

// A record, or as much of it as has come.
struct Record {
  bool is_handshake;
  bool is_whole;
  ByteView here;
};

// False when not even its head is there.
bool ReadRecord(ByteReader* reader, Record* record) {
  ByteView head;
  if (!reader->ReadBytes(kRecordHead, &head)) return false;
  const size_t size = LoadU16(head.data() + 3);
  record->is_handshake =
      head[0] == kHandshake && head[1] == 3 && size > 0 && size <= kMaxPlainFragment;
  const size_t here = std::min(size, reader->remaining());
  record->is_whole = here == size;
  return reader->ReadBytes(here, &record->here);
}

// What `records` carry, put together.
std::vector<uint8_t> MessageIn(ByteView records, size_t size) {
  std::vector<uint8_t> message;
  message.reserve(size);
  ByteReader reader(records);
  Record record;
  while (message.size() < size && ReadRecord(&reader, &record)) {
    message.insert(message.end(), record.here.begin(), record.here.end());
  }
  return message;
}

}  // namespace

ClientHello ClientHello::TooLong() {
  return Refuse(true, fmt::format("its ClientHello is longer than {} bytes", kMaxClientHelloBytes));
}

ClientHello ClientHello::Refuse(bool is_tls, std::string sentence) {
  ClientHello hello;
  hello.outcome_ = Outcome::kRefused;
  hello.is_tls_ = is_tls;
  hello.refusal_ = std::move(sentence);
  return hello;
}

ClientHello ClientHello::Parse(ByteView received) {
  ClientHello hello;
  if (received.empty()) return hello;
  // A record of the handshake, of any version: 3.0 to 3.3 are seen there.
  if (received[0] != kHandshake || (received.size() > 1 && received[1] != 3)) {
    return Refuse(false, WhatElse(received));
  }
  // The message, as its records carry it: first only its head, so that a client that sends byte by
  // byte has nothing copied for each.
  std::array<uint8_t, kMessageHead> head{};
  size_t message_bytes = 0;
  ByteReader reader(received);
  Record record;
  while (ReadRecord(&reader, &record)) {
    if (!record.is_handshake) return Refuse(true, "its ClientHello is in malformed records");
    for (size_t i = message_bytes; i < kMessageHead && i - message_bytes < record.here.size();
         ++i) {
      head[i] = record.here[i - message_bytes];
    }
    message_bytes += record.here.size();
    if (message_bytes > 0 && head[0] != kClientHello) {
      return Refuse(true, "it begins with another message than ClientHello");
    }
    if (message_bytes < kMessageHead) continue;
    const size_t body = LoadU32(head.data()) & 0xffffff;
    if (kRecordHead + kMessageHead + body > kMaxClientHelloBytes) return TooLong();
    // Whole once its last record is: what follows that is another record's.
    if (message_bytes >= kMessageHead + body && record.is_whole) {
      hello.outcome_ = Outcome::kWhole;
      const std::vector<uint8_t> message = MessageIn(received, message_bytes);
      hello.server_name_ = ServerNameOf(ByteView(message).subspan(kMessageHead, body));
      return hello;
    }
  }
  if (received.size() > kMaxClientHelloBytes) return TooLong();
  return hello;
}

}  // namespace signet
