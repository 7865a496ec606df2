#include "tests/system/overload/load.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <string>

#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr size_t kPayload = 64;
// PUBLISH: fixed header, Topic Name "t", Packet Identifier, payload.
constexpr size_t kPublish = 2 + 3 + 2 + kPayload;
constexpr uint32_t kPuback = 4;
constexpr size_t kOffer = 16 * 1024;

constexpr std::chrono::seconds kPatience{30};

uint8_t Low(uint32_t value) { return static_cast<uint8_t>(value); }

void AppendU32(uint32_t value, std::vector<uint8_t>* bytes) {
  bytes->insert(bytes->end(), {Low(value >> 24), Low(value >> 16), Low(value >> 8), Low(value)});
}

uint32_t ReadU32(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

void AppendPublish(uint32_t publisher, uint32_t message, std::vector<uint8_t>* bytes) {
  const uint32_t id = message % 65'535 + 1;
  bytes->insert(bytes->end(), {0x32, Low(kPublish - 2), 0, 1, 't', Low(id >> 8), Low(id)});
  AppendU32(publisher, bytes);
  AppendU32(message, bytes);
  bytes->insert(bytes->end(), kPayload - 8, 'x');
}

SocketClient Connected(uint16_t port, const std::string& client_id) {
  SocketClient client(port);
  std::vector<uint8_t> connect =
      Concat({Bytes("0004 'MQTT' 04 02 0000"), WithLength(AsBytes(client_id))});
  client.Send(
      Concat({std::vector<uint8_t>{0x10, Low(static_cast<uint32_t>(connect.size()))}, connect}));
  EXPECT_EQ(Hex(client.Receive(4)), "20 02 00 00");
  return client;
}

}  // namespace

Load::Load(const Options& options)
    : options_(options),
      subscriber_(Connected(options.port, "subscriber")),
      next_(options.publishers, 0) {
  subscriber_.Send(Bytes("82 06 0001 0001 't' 01"));
  EXPECT_EQ(Hex(subscriber_.Receive(5)), "90 03 00 01 01");
  for (uint32_t i = 0; i < options.publishers; ++i) {
    publishers_.push_back({.socket = Connected(options.port, "publisher" + std::to_string(i))});
  }
}

bool Load::Offer(Publisher& publisher, uint32_t number) {
  while (publisher.unsent.size() < kOffer && publisher.made < options_.messages_each) {
    AppendPublish(number, publisher.made++, &publisher.unsent);
  }
  if (publisher.unsent.empty()) return false;
  const ssize_t sent = send(publisher.socket.fd(), publisher.unsent.data(), publisher.unsent.size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent <= 0) return false;
  publisher.unsent.erase(publisher.unsent.begin(), publisher.unsent.begin() + sent);
  return true;
}

bool Load::TakeAcks(Publisher& publisher) {
  std::array<uint8_t, 4096> bytes;
  const ssize_t size = recv(publisher.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size <= 0) return false;
  const uint32_t before = publisher.acknowledged_bytes / kPuback;
  publisher.acknowledged_bytes += static_cast<uint32_t>(size);
  acknowledged_ += publisher.acknowledged_bytes / kPuback - before;
  return true;
}

bool Load::TakeMessages() {
  std::vector<uint8_t> bytes(options_.taken_at_once * kPublish - arriving_.size());
  const ssize_t size = recv(subscriber_.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size <= 0) return false;
  arriving_.insert(arriving_.end(), bytes.begin(), bytes.begin() + size);
  std::vector<uint8_t> acks;
  const uint8_t* at = arriving_.data();
  const uint8_t* const end = at + arriving_.size() / kPublish * kPublish;
  for (; at != end; at += kPublish) {
    EXPECT_EQ(at[0], 0x32);
    acks.insert(acks.end(), {0x40, 2, at[5], at[6]});
    const uint32_t publisher = ReadU32(at + 7);
    const uint32_t message = ReadU32(at + 11);
    if (message < next_[publisher]) ++out_of_order_;
    next_[publisher] = message + 1;
    ++received_;
  }
  arriving_.erase(arriving_.begin(), arriving_.begin() + (at - arriving_.data()));
  return subscriber_.Send(acks);
}

void Load::Run() {
  auto moved = std::chrono::steady_clock::now();
  const uint64_t all = uint64_t{options_.publishers} * options_.messages_each;
  while (acknowledged_ < all || received_ < all) {
    bool moves = false;
    for (uint32_t i = 0; i < publishers_.size(); ++i) {
      moves |= Offer(publishers_[i], i);
      moves |= TakeAcks(publishers_[i]);
      // Slow is who takes little; who takes nothing while all the others send is not there.
      if (i % kSome == 0) moves |= TakeMessages();
    }
    const auto now = std::chrono::steady_clock::now();
    if (moves) {
      moved = now;
      continue;
    }
    // Whoever lost messages has nothing to send any more.
    if (acknowledged_ == all && now - moved > std::chrono::seconds(2)) return;
    ASSERT_LT(now - moved, kPatience) << acknowledged_ << " acknowledged, " << received_;
    pollfd wait{.fd = subscriber_.fd(), .events = POLLIN, .revents = 0};
    poll(&wait, 1, 1);
  }
}

}  // namespace signet
