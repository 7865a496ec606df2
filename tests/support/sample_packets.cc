#include "tests/support/sample_packets.h"

#include <string_view>

#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr Peer kClient311 = {ProtocolVersion::k311, Sender::kClient};
constexpr Peer kServer311 = {ProtocolVersion::k311, Sender::kServer};
constexpr Peer kClient5 = {ProtocolVersion::k5, Sender::kClient};
constexpr Peer kServer5 = {ProtocolVersion::k5, Sender::kServer};

// As Bytes() reads it, with three marks: ^ in front of a two-byte length, ~ in front of a Property
// Length, and | where the packet could end as well.
struct Row {
  std::string_view name;
  Peer peer;
  std::string_view text;
};

constexpr Row kConnects[] = {
    {"CONNECT 3.1.1, smallest", kClient311, "10 0c ^0004 'MQTT' 04 02 003c ^0000"},
    {"CONNECT 3.1.1, Will and credentials", kClient311,
     "10 21 ^0004 'MQTT' 04 f6 ffff ^0002 'id' ^0003 'w/t' ^0003 'bye' ^0002 'me' ^0003 00ff00"},
    {"CONNECT 5, smallest", kClient5, "10 0d ^0004 'MQTT' 05 02 0000 ~00 ^0000"},
    {"CONNECT 5, password alone", kClient5, "10 11 ^0004 'MQTT' 05 40 0000 ~00 ^0000 ^0002 'pw'"},
    {"CONNECT 5, every property, Will and credentials", kClient5,
     "10 72 ^0004 'MQTT' 05 ee 000a"
     "~2b 11 ffffffff 21 0001 27 0000ffff 22 ffff 19 01 17 00 26 ^0001 'k' ^0001 'v'"
     "    26 ^0001 'k' ^0000 15 ^0002 'am' 16 ^0002 fffe"
     "^0002 'id'"
     "~27 18 00000001 01 01 02 00000002 03 ^0001 't' 08 ^0003 'r/t' 09 ^0002 0000"
     "    26 ^0001 'a' ^0001 'b' 26 ^0000 ^0000"
     "^0003 'w/t' ^0001 00 ^0002 'me' ^0002 'pw'"},
};

constexpr Row kConnacks[] = {
    {"CONNACK 3.1.1", kServer311, "20 02 01 00"},
    {"CONNACK 3.1.1, refused", kServer311, "20 02 00 05"},
    {"CONNACK 5", kServer5, "20 03 00 00 ~00"},
    {"CONNACK 5, every property", kServer5,
     "20 45 01 00"
     "~42 11 00000000 21 ffff 24 00 25 00 27 ffffffff 12 ^0002 'id' 22 0000 1f ^0002 'ok'"
     "    26 ^0001 'k' ^0001 'v' 28 00 29 01 2a 00 13 0001 1a ^0003 'r/i' 1c ^0003 'b:1'"
     "    15 ^0001 'm' 16 ^0001 00"},
};

constexpr Row kPublishes[] = {
    {"PUBLISH 3.1.1, QoS 0, no payload", kClient311, "30 03 ^0001 'a'"},
    {"PUBLISH 3.1.1, QoS 1, DUP, retained", kClient311, "3b 0a ^0003 'a/b' 000a |'p'|'a'|'y'"},
    {"PUBLISH 3.1.1, QoS 2", kClient311, "34 09 ^0003 'a/b' ffff |00|00"},
    {"PUBLISH 5, QoS 0, no payload", kClient5, "30 04 ^0001 'a' ~00"},
    {"PUBLISH 5, QoS 1", kClient5, "32 0a ^0003 'a/b' 000a ~00 |'l'|'o'"},
    {"PUBLISH 5, QoS 2, DUP, every property", kClient5,
     "3c 33 ^0003 'a/b' 0001"
     "~29 01 01 02 0000003c 23 0007 08 ^0003 'r/t' 09 ^0004 00010203 26 ^0001 'k' ^0001 'v'"
     "    26 ^0001 'k' ^0001 'w' 03 ^0001 't' |'{'|'}'"},
    {"PUBLISH 5, Topic Alias alone", kClient5, "30 07 ^0000 ~03 23 ffff |00"},
    {"PUBLISH 5, two Subscription Identifiers", kServer5,
     "31 0c ^0001 'a' ~07 0b 01 0b ffffff7f |00"},
};

constexpr Row kAcks[] = {
    {"PUBACK 3.1.1", kClient311, "40 02 0001"},
    {"PUBREC 3.1.1", kClient311, "50 02 0002"},
    {"PUBREL 3.1.1", kClient311, "62 02 0003"},
    {"PUBCOMP 3.1.1", kClient311, "70 02 ffff"},
    {"PUBACK 5", kClient5, "40 02 0001"},
    {"PUBACK 5, reason", kServer5, "40 03 0001|10"},
    {"PUBACK 5, properties", kClient5, "40 10 0001|87|~0c 1f ^0002 'no' 26 ^0001 'k' ^0001 'v'"},
    {"PUBREC 5", kClient5, "50 02 0001"},
    {"PUBREC 5, properties", kClient5, "50 09 0001|97|~05 1f ^0002 'no'"},
    {"PUBREL 5", kClient5, "62 02 0001"},
    {"PUBREL 5, reason", kClient5, "62 03 0001|92"},
    {"PUBREL 5, properties", kClient5, "62 09 0001|00|~05 1f ^0002 'ok'"},
    {"PUBCOMP 5", kClient5, "70 02 0001"},
    {"PUBCOMP 5, properties", kClient5, "70 09 0001|92|~05 1f ^0002 'no'"},
};

constexpr Row kSubscriptions[] = {
    {"SUBSCRIBE 3.1.1", kClient311, "82 0e 0001 ^0003 'a/b' 01 |^0003 'c/#' 02"},
    {"SUBSCRIBE 5", kClient5, "82 09 0001 ~00 ^0003 'a/+' 2e"},
    {"SUBSCRIBE 5, properties", kClient5,
     "82 17 ffff ~0c 0b ffffff7f 26 ^0001 'k' ^0001 'v' ^0001 '#' 00 |^0001 '+' 01"},
    {"SUBACK 3.1.1", kServer311, "90 06 0001 00|01|02|80"},
    {"SUBACK 5", kServer5, "90 04 0001 ~00 02"},
    {"SUBACK 5, properties", kServer5, "90 0b 0001 ~05 1f ^0002 'no' 87|9e|a2"},
    {"UNSUBSCRIBE 3.1.1", kClient311, "a2 0c 0001 ^0003 'a/b' |^0003 'c/d'"},
    {"UNSUBSCRIBE 5", kClient5, "a2 08 0001 ~00 ^0003 'a/b'"},
    {"UNSUBSCRIBE 5, properties", kClient5, "a2 0d 0001 ~07 26 ^0001 'k' ^0001 'v' ^0001 '#'"},
    {"UNSUBACK 3.1.1", kServer311, "b0 02 0001"},
    {"UNSUBACK 5", kServer5, "b0 05 0001 ~00 00|11"},
    {"UNSUBACK 5, properties", kServer5, "b0 09 0001 ~05 1f ^0002 'no' 8f"},
};

constexpr Row kOthers[] = {
    {"PINGREQ 3.1.1", kClient311, "c0 00"},
    {"PINGREQ 5", kClient5, "c0 00"},
    {"PINGRESP 3.1.1", kServer311, "d0 00"},
    {"PINGRESP 5", kServer5, "d0 00"},
    {"DISCONNECT 3.1.1", kClient311, "e0 00"},
    {"DISCONNECT 5", kClient5, "e0 00"},
    {"DISCONNECT 5, reason", kClient5, "e0 01 |04"},
    {"DISCONNECT 5, Client's properties", kClient5,
     "e0 0e |00|~0c 11 00000000 26 ^0001 'k' ^0001 'v'"},
    {"DISCONNECT 5, Server's properties", kServer5, "e0 0d |9c|~0b 1c ^0003 'b:1' 1f ^0002 'go'"},
    {"AUTH 5, Success", kServer5, "f0 00"},
    {"AUTH 5, every property", kClient5,
     "f0 19 |18 ~17 15 ^0005 'SCRAM' 16 ^0002 00ff 1f ^0000 26 ^0001 'k' ^0001 'v'"},
    {"AUTH 5, re-authenticate", kClient5, "f0 06 |19 ~04 15 ^0001 'm'"},
};

SamplePacket Parse(const Row& row) {
  constexpr std::string_view kMarks = "^~|";
  SamplePacket packet{.name = std::string(row.name), .peer = row.peer};
  std::string_view text = row.text;
  while (true) {
    const size_t mark = text.find_first_of(kMarks);
    packet.bytes = Concat({packet.bytes, Bytes(text.substr(0, mark))});
    if (mark == std::string_view::npos) return packet;
    auto& marked = text[mark] == '^'   ? packet.lengths
                   : text[mark] == '~' ? packet.property_lengths
                                       : packet.may_end;
    marked.push_back(packet.bytes.size());
    text.remove_prefix(mark + 1);
  }
}

template <size_t kSize>
void Append(const Row (&rows)[kSize], std::vector<SamplePacket>* packets) {
  for (const Row& row : rows) packets->push_back(Parse(row));
}

}  // namespace

std::vector<uint8_t> Shortened(const SamplePacket& packet, size_t size) {
  std::vector<uint8_t> bytes(packet.bytes.begin(),
                             packet.bytes.begin() + static_cast<ptrdiff_t>(size));
  bytes[1] = static_cast<uint8_t>(size - 2);
  return bytes;
}

const std::vector<SamplePacket>& SamplePackets() {
  static const std::vector<SamplePacket> all_packets = [] {
    std::vector<SamplePacket> packets;
    Append(kConnects, &packets);
    Append(kConnacks, &packets);
    Append(kPublishes, &packets);
    Append(kAcks, &packets);
    Append(kSubscriptions, &packets);
    Append(kOthers, &packets);
    return packets;
  }();
  return all_packets;
}

}  // namespace signet
