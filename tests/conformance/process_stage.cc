#include "tests/conformance/process_stage.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "core/base/utf8.h"
#include "core/mqtt/connack.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/fixed_header.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/topic_name.h"
#include "gtest/gtest.h"
#include "tests/support/bytes.h"

namespace signet::conformance {
namespace {

using std::chrono::milliseconds;

// Loopback, and shards that have nothing else to do: what is on its way has come by then.
constexpr milliseconds kDoubt{8};
constexpr uint32_t kManyProperties = 65'535;

milliseconds TimeFor(Stage::Patience patience) {
  switch (patience) {
    case Stage::Patience::kExpecting:
      return SocketClient::kPatience;
    case Stage::Patience::kDoubting:
      return kDoubt;
    case Stage::Patience::kNone:
      return {};
  }
  UNREACHABLE();
}

std::vector<uint8_t> Connect311(std::string_view client_id) {
  PacketBytes bytes;
  EncodeConnect({.version = ProtocolVersion::k311, .clean_start = true, .client_id = client_id},
                &bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

ProcessStage::~ProcessStage() {
  for (Connection& connection : connections_) connection.socket.Close();
  for (const std::string& client_id : client_ids_) EndSession(client_id);
  if (!retained_topics_.empty()) RemoveRetained();
}

size_t ProcessStage::Open() {
  connections_.push_back({.socket = SocketClient(port_)});
  return connections_.size() - 1;
}

void ProcessStage::Send(size_t connection, ByteView bytes) {
  Note(bytes);
  // The broker may have closed already: then the case finds out by what it expects.
  connections_[connection].socket.Send(bytes);
}

std::vector<uint8_t> ProcessStage::Receive(size_t connection, Patience patience) {
  Connection& from = connections_[connection];
  if (from.closed) return {};
  pollfd poll_for{.fd = from.socket.fd(), .events = POLLIN, .revents = 0};
  if (poll(&poll_for, 1, static_cast<int>(TimeFor(patience).count())) <= 0) return {};
  std::array<uint8_t, 65'536> piece;
  const ssize_t size = recv(from.socket.fd(), piece.data(), piece.size(), 0);
  from.closed = size <= 0;
  return {piece.begin(), piece.begin() + std::max<ssize_t>(size, 0)};
}

bool ProcessStage::IsClosed(size_t connection) { return connections_[connection].closed; }

// Waits until the broker has seen it, so that what the case does next comes after.
void ProcessStage::Drop(size_t connection) {
  Connection& dropped = connections_[connection];
  dropped.socket.EndSending();
  EXPECT_TRUE(dropped.socket.ReceiveUntilClosed().has_value());
  dropped.socket.Close();
  dropped.closed = true;
}

void ProcessStage::Wait(milliseconds time) { std::this_thread::sleep_for(time); }

void ProcessStage::Note(ByteView bytes) {
  FixedHeader header{};
  while (ParseFixedHeader(bytes, &header) == HeaderState::kWhole &&
         bytes.size() >= header.packet_size()) {
    ByteReader body(bytes.subspan(header.header_size, header.remaining_length));
    if (header.type == PacketType::kConnect) {
      ConnectView connect;
      DecodeConnect(body, kManyProperties, &connect);
      if (!connect.client_id.empty()) client_ids_.emplace(connect.client_id);
      if (connect.will && connect.will->retain) retained_topics_.emplace(connect.will->topic_name);
    }
    ByteView topic;
    if (header.type == PacketType::kPublish && (header.flags & 1) != 0 && body.ReadBinary(&topic)) {
      retained_topics_.emplace(AsText(topic));
    }
    bytes = bytes.subspan(header.packet_size());
  }
}

void ProcessStage::EndSession(const std::string& client_id) {
  SocketClient cleaner(port_);
  cleaner.Send(Connect311(client_id));
  cleaner.Receive(4);  // Refused ones have no Session.
  cleaner.Send(Bytes("E000"));
  EXPECT_TRUE(cleaner.ReceiveUntilClosed().has_value()) << client_id;
}

void ProcessStage::RemoveRetained() {
  SocketClient cleaner(port_);
  cleaner.Send(Connect311("conformance-cleaner"));
  EXPECT_EQ(Hex(cleaner.Receive(4)), "20 02 00 00");
  for (const std::string& topic : retained_topics_) {
    if (!IsMqttUtf8(topic) || !IsTopicName(topic)) continue;  // Nothing was retained there.
    PacketBytes bytes;
    EncodePublish({.qos = QoS::kAtLeastOnce, .retain = true, .packet_id = 1, .topic_name = topic},
                  ProtocolVersion::k311, &bytes);
    cleaner.Send(bytes);
    EXPECT_EQ(Hex(cleaner.Receive(4)), "40 02 00 01") << topic;
  }
}

}  // namespace signet::conformance
