#include "tests/conformance/broken_packets.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/check.h"
#include "core/mqtt/properties.h"
#include "fmt/format.h"
#include "tests/support/bytes.h"
#include "tests/support/sample_packets.h"

namespace signet::conformance {
namespace {

enum class State : uint8_t { kNew, kConnected };

// CONNECT until its version: fixed header, "MQTT" behind its length, and one byte.
constexpr size_t kUntilVersion = 2 + 2 + 4 + 1;
constexpr size_t kProtocolNameOffset = 2;
constexpr auto kCorrelationData = static_cast<uint8_t>(PropertyId::kCorrelationData);

// One broken packet, and how the broker ends the connection.
struct Broken {
  std::vector<uint8_t> bytes;
  std::string answer;  // A pattern; empty if there is none.
};

class CaseWriter {
 public:
  CaseWriter(const SamplePacket& packet, State state)
      : packet_(packet),
        state_(state),
        is_v5_(packet.peer.version == ProtocolVersion::k5),
        is_connect_(packet.bytes[0] >> 4 == 1),
        is_publish_(packet.bytes[0] >> 4 == 3) {}

  std::string Write() {
    text_ = fmt::format("case {} {}\n", packet_.name,
                        state_ == State::kNew ? "before CONNECT" : "of a connected client");
    Line("w > 10 [ \"MQTT\" 05 02 0000 [] \"w\" ]");
    Line("w < 20 [ 00 00 ... ]");
    Line("w > 82 [ 0001 [] \"#\" 02 ]");
    Line("w < 90 [ 0001 [] 02 ]");
    if (IsBrokenAsItIs()) Send({packet_.bytes, Answer(packet_.bytes)});
    CutShort();
    LieAboutFields();
    LieAboutProperties();
    LieAboutRemainingLength();
    SetReservedFlags();
    Line("w > C0 00");
    Line("w < D0 00");
    return text_;
  }

 private:
  void Line(std::string_view line) { text_ += fmt::format("  {}\n", line); }

  // Nobody but a client that is not connected may send CONNECT, and it may send nothing else; what
  // only a Server sends, and AUTH without an Authentication Method, nobody may.
  bool IsBrokenAsItIs() const {
    const uint8_t type = packet_.bytes[0] >> 4;
    if (state_ == State::kNew) return !is_connect_;
    const bool is_acknowledgement = type >= 4 && type <= 7;
    return is_connect_ || type == 15 ||
           (packet_.peer.sender == Sender::kServer && !is_acknowledgement);
  }

  // Whether the first `size` bytes are a packet that is allowed. (DISCONNECT may end before the
  // Reason Code that only a Server may send.)
  bool IsWhole(size_t size) const {
    const bool may_end = std::ranges::count(packet_.may_end, size) > 0;
    const bool is_disconnect = packet_.bytes[0] == 0xE0 && state_ == State::kConnected;
    return may_end && (!IsBrokenAsItIs() || (is_disconnect && size == 2));
  }

  // How a packet with this beginning is refused.
  std::string Answer(ByteView bytes) const {
    if (!is_v5_) return {};
    // A length can make a wildcard part of the Topic Name.
    if (state_ == State::kConnected)
      return is_publish_ ? "E0 [ 81|82|90 [...] ]" : "E0 [ 81|82 [...] ]";
    const bool tells_version = is_connect_ && bytes.size() >= kUntilVersion;
    return tells_version ? "20 [ 00 81|82 [...] ]" : "";
  }

  void Connect() {
    if (state_ == State::kNew) return;
    if (is_v5_) {
      Line("x > 10 [ \"MQTT\" 05 02 0000 [] \"x\" ]");
      Line("x < 20 [ 00 00 ... ]");
    } else {
      Line("x > 10 [ \"MQTT\" 04 02 0000 \"x\" ]");
      Line("x < 20 02 00 00");
    }
  }

  void Send(const Broken& broken) {
    Connect();
    Line(fmt::format("x > {}", Hex(broken.bytes)));
    if (!broken.answer.empty()) Line(fmt::format("x < {}", broken.answer));
    Line("x closed");
  }

  void CutShort() {
    const ByteView whole = packet_.bytes;
    for (size_t size = 1; size < whole.size(); ++size) {
      Connect();
      Line(fmt::format("x > {}", Hex(whole.first(size))));
      Line("x drop");
      if (size < 2 || IsWhole(size)) continue;
      const std::vector<uint8_t> shortened = Shortened(packet_, size);
      Send({shortened, Answer(shortened)});
    }
  }

  // Every wrong length of what begins at `begin`: all that end in the packet, two beyond, and more.
  std::vector<int> Lies(size_t begin, int length, std::initializer_list<int> more) const {
    std::vector<int> lies(more);
    const int most = static_cast<int>(packet_.bytes.size() - begin) + 2;
    for (int lie = 0; lie <= most; ++lie) {
      if (lie != length) lies.push_back(lie);
    }
    return lies;
  }

  // Properties that end early leave the rest of a PUBLISH to its payload, and bytes that go on may
  // swallow whole properties: both can be a packet again, but not two bytes off.
  static void StayNear(int length, std::vector<int>* lies) {
    std::erase_if(*lies, [&](int lie) { return std::abs(lie - length) > 2 && lie < 0x7F; });
  }

  void LieAboutFields() {
    for (const size_t offset : packet_.lengths) {
      const int length = LoadU16(&packet_.bytes[offset]);
      std::vector<int> lies = Lies(offset + 2, length, {0x7FFF, 0xFFFF});
      if (is_v5_ && packet_.bytes[offset - 1] == kCorrelationData) StayNear(length, &lies);
      for (const int lie : lies) {
        // A shorter Topic Name leaves the rest to the payload, which nobody can tell from outside.
        if (is_publish_ && offset == 2 && lie < length && !IsBrokenAsItIs()) continue;
        std::vector<uint8_t> lying = packet_.bytes;
        StoreU16(&lying[offset], static_cast<uint16_t>(lie));
        const bool names_protocol =
            is_connect_ && state_ == State::kNew && offset == kProtocolNameOffset;
        Send({lying, names_protocol ? AnswerToName(static_cast<size_t>(lie)) : Answer(lying)});
      }
    }
  }

  // Another protocol than MQTT is told, in the oldest form, that it is not served; if a name is
  // there.
  std::string AnswerToName(size_t size) const {
    return kProtocolNameOffset + 2 + size <= packet_.bytes.size() ? "20 02 00 01" : "";
  }

  void LieAboutProperties() {
    const ByteView whole = packet_.bytes;
    for (const size_t offset : packet_.property_lengths) {
      const int length = whole[offset];
      std::vector<int> lies = Lies(offset + 1, length, {0x7F});
      if (is_publish_) StayNear(length, &lies);
      for (const int lie : lies) {
        std::vector<uint8_t> lying = packet_.bytes;
        lying[offset] = static_cast<uint8_t>(lie);
        Send({lying, Answer(lying)});
      }
      const auto padded = static_cast<uint8_t>(length | 0x80);
      for (const char* tail : {"00", "8000", "808000", "ffff7f", "808080", "80808000"}) {
        std::vector<uint8_t> lying =
            Concat({whole.first(offset), {&padded, 1}, Bytes(tail), whole.subspan(offset + 1)});
        lying[1] = static_cast<uint8_t>(lying.size() - 2);
        Send({lying, Answer(lying)});
      }
    }
  }

  void LieAboutRemainingLength() {
    const ByteView whole = packet_.bytes;
    // No such number ends, and what cannot be told apart has no version.
    const std::string malformed = state_ == State::kNew ? "" : Answer(whole);
    Send({Concat({whole.first(1), Bytes("ffffffff7f"), whole.subspan(2)}), malformed});
    if (is_publish_ && !IsBrokenAsItIs()) return;  // The payload takes whatever comes.
    // It swallows the packet behind it, or half of it.
    for (const char* swallowed : {"c0", "c000"}) {
      std::vector<uint8_t> longer = Concat({whole, Bytes(swallowed)});
      longer[1] = static_cast<uint8_t>(longer.size() - 2);
      Send({longer, Answer(longer)});
    }
  }

  void SetReservedFlags() {
    if (is_publish_) return;
    for (uint8_t flags = 0; flags < 16; ++flags) {
      std::vector<uint8_t> flagged = packet_.bytes;
      flagged[0] = static_cast<uint8_t>((flagged[0] & 0xF0) | flags);
      if (flagged[0] == packet_.bytes[0]) continue;
      Send({flagged, state_ == State::kNew ? "" : Answer(flagged)});
    }
  }

  const SamplePacket& packet_;
  const State state_;
  const bool is_v5_;
  const bool is_connect_;
  const bool is_publish_;
  std::string text_;
};

}  // namespace

const std::vector<Case>& BrokenPacketCases() {
  static const std::vector<Case> all_cases = [] {
    std::string text;
    for (const SamplePacket& packet : SamplePackets()) {
      for (const State state : {State::kNew, State::kConnected}) {
        text += CaseWriter(packet, state).Write();
      }
    }
    auto cases = ParseVectors("broken packets", text, Macros());
    if (!cases.ok()) std::fputs(cases.error().sentence().c_str(), stderr);
    CHECK(cases.ok());
    return std::move(*cases);
  }();
  return all_cases;
}

}  // namespace signet::conformance
