#include "tests/system/paho_c/paho_waker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>

#include "tests/system/paho_c/loopback.h"

namespace signet {
namespace {

constexpr std::array<uint8_t, 4> kConnack{0x20, 2, 0, 0};
constexpr std::array<uint8_t, 2> kPingresp{0xD0, 0};

void SendAll(int fd, std::span<const uint8_t> bytes) {
  EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
}

}  // namespace

PahoWaker::PahoWaker() {
  const Listener listener = ListenOnLoopback();
  const std::string uri = fmt::format("tcp://127.0.0.1:{}", listener.port);
  EXPECT_EQ(MQTTAsync_create(&handle_, uri.c_str(), "waker", MQTTCLIENT_PERSISTENCE_NONE, nullptr),
            MQTTASYNC_SUCCESS);
  Connect(listener.fd);
  close(listener.fd);
}

PahoWaker::~PahoWaker() {
  MQTTAsync_destroy(&handle_);
  close(server_);
}

void PahoWaker::Connect(int listener) {
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  connect.MQTTVersion = MQTTVERSION_3_1_1;
  connect.keepAliveInterval = 0;
  connect.context = this;
  connect.onSuccess = [](void* context, MQTTAsync_successData*) {
    static_cast<PahoWaker*>(context)->connected_.release();
  };
  EXPECT_EQ(MQTTAsync_connect(handle_, &connect), MQTTASYNC_SUCCESS);
  server_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  SendAtOnce(server_);
  std::array<char, 256> packet{};
  EXPECT_GT(recv(server_, packet.data(), packet.size(), 0), 0);
  SendAll(server_, kConnack);
  EXPECT_TRUE(connected_.try_acquire_for(std::chrono::seconds(60)));
}

void PahoWaker::Wake() const { SendAll(server_, kPingresp); }

}  // namespace signet
