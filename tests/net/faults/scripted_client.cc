#include "tests/net/faults/scripted_client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/mqtt/fixed_header.h"
#include "core/mqtt/ping.h"
#include "net/socket_address.h"

namespace signet {
namespace {

// Calls take(packet) for each whole packet; returns how many bytes those were.
size_t ForEachPacket(ByteView bytes, const std::function<void(ByteView)>& take) {
  size_t done = 0;
  FixedHeader header;
  while (ParseFixedHeader(bytes.subspan(done), &header) == HeaderState::kWhole) {
    const size_t size = header.packet_size();
    if (size > bytes.size() - done) break;
    take(bytes.subspan(done, size));
    done += size;
  }
  return done;
}

// The beginning says enough.
std::string Readable(ByteView packet) {
  return Hex(packet.first(std::min<size_t>(packet.size(), 32)));
}

}  // namespace

void ScriptedClient::Connect(uint16_t broker_port) {
  socket_.emplace(broker_port);
  port_ = SocketAddress::OfSocket(socket_->fd()).port();
  received_.clear();
  expected_.clear();
  pingresps_ = 0;
}

void ScriptedClient::Send(ByteView bytes) {
  if (socket_) socket_->Send(bytes);
}

void ScriptedClient::Expect(ByteView packets, bool excused) {
  const size_t size = ForEachPacket(packets, [&](ByteView packet) {
    expected_.push_back({.packet = {packet.begin(), packet.end()}, .excused = excused});
  });
  EXPECT_EQ(size, packets.size()) << "packets that are expected are whole";
}

void ScriptedClient::ExcuseRest() {
  for (Expected& expected : expected_) expected.excused = true;
}

bool ScriptedClient::HasAll() const {
  return pingresps_ == 0 &&
         std::ranges::all_of(expected_, [](const Expected& expected) { return expected.excused; });
}

void ScriptedClient::ReceiveAll() {
  while (is_connected() && !HasAll()) ReceiveSome();
}

void ScriptedClient::ReceiveEnd() {
  while (is_connected()) ReceiveSome();
}

void ScriptedClient::Reset() {
  if (socket_) socket_->Reset();
  socket_.reset();
}

void ScriptedClient::ReceiveSome() {
  const auto bytes = socket_->ReceiveSome();
  if (!bytes || bytes->empty()) {
    if (!bytes) ADD_FAILURE() << name_ << " waits in vain";
    return Close();
  }
  received_.insert(received_.end(), bytes->begin(), bytes->end());
  const size_t taken = ForEachPacket(received_, [this](ByteView packet) { Take(packet); });
  received_.erase(received_.begin(), received_.begin() + static_cast<ptrdiff_t>(taken));
}

void ScriptedClient::Take(ByteView packet) {
  if (pingresps_ > 0 && std::ranges::equal(packet, kPingrespBytes)) {
    --pingresps_;
    return;
  }
  while (!expected_.empty() && expected_.front().excused &&
         !std::ranges::equal(expected_.front().packet, packet)) {
    expected_.pop_front();
  }
  if (expected_.empty()) {
    ADD_FAILURE() << name_ << " gets what it should not: " << Readable(packet);
    return;
  }
  EXPECT_TRUE(std::ranges::equal(expected_.front().packet, packet))
      << name_ << " gets " << Readable(packet) << "\ninstead of "
      << Readable(expected_.front().packet);
  expected_.pop_front();
}

}  // namespace signet
