// What holds of every decoder: what it takes, it understands. Encoded again, in the shortest form,
// it is a packet that decodes to the same, and that encodes to itself. And no view leaves the
// input.
//
// A codec brings:
//   Result<View> Decode(uint8_t flags, ByteReader body) const
//   void Encode(const View& view, PacketBytes* out) const     appends a whole packet
//   auto Fields(const View& view) const                       all there is, as a tuple; text for
//   bytes
#pragma once

#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/base/check.h"
#include "core/mqtt/fixed_header.h"
#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/reason_code.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/properties_fields.h"

namespace signet::fuzz {

// Few, so that a small input reaches the limit.
constexpr uint32_t kMaxUserProperties = 8;

inline void CheckWithin(ByteView whole, std::string_view view) {
  if (view.empty()) return;
  CHECK(AsBytes(view).data() >= whole.data());
  CHECK(AsBytes(view).data() + view.size() <= whole.data() + whole.size());
}

template <typename... Field>
void CheckAllWithin(ByteView whole, const std::tuple<Field...>& fields) {
  const auto check = [&](const auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::string_view>) {
      CheckWithin(whole, field);
    }
  };
  std::apply([&](const Field&... field) { (check(field), ...); }, fields);
}

template <typename Codec>
void CheckRoundTrip(const Codec& codec, uint8_t flags, ByteView body) {
  const auto decoded = codec.Decode(flags, ByteReader(body));
  if (!decoded.ok()) {
    CHECK(IsError(decoded.error()));
    return;
  }
  CheckAllWithin(body, codec.Fields(*decoded));

  PacketBytes packet;
  codec.Encode(*decoded, &packet);
  FixedHeader header;
  CHECK(ParseFixedHeader(packet, &header) == HeaderState::kWhole);
  CHECK(header.minimal_length && header.packet_size() == packet.size());
  CHECK(header.remaining_length <= body.size());

  const ByteReader again(ByteView(packet).subspan(header.header_size));
  const auto decoded_again = codec.Decode(header.flags, again);
  CHECK(decoded_again.ok());
  CHECK(codec.Fields(*decoded_again) == codec.Fields(*decoded));
  PacketBytes packet_again;
  codec.Encode(*decoded_again, &packet_again);
  CHECK(packet_again == packet);
}

}  // namespace signet::fuzz
