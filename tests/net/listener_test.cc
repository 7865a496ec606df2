#include "net/listener.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "tests/support/socket_client.h"

namespace signet {
namespace {

SocketAddress Loopback(uint16_t port = 0) {
  SocketAddress address = *SocketAddress::Parse("127.0.0.1:0");
  address.set_port(port);
  return address;
}

TEST(Listener, FindsAFreePortAndSharesItBetweenShards) {
  auto listener = Listener::Open(Loopback(), 3);
  ASSERT_TRUE(listener.ok()) << listener.error().sentence();
  const uint16_t port = listener->address().port();
  EXPECT_NE(port, 0);
  for (uint32_t shard = 0; shard < 3; ++shard) {
    const Socket socket = listener->TakeSocket(shard);
    EXPECT_EQ(SocketAddress::OfSocket(socket.fd()).port(), port);
  }
}

TEST(Listener, WhatItAcceptsDoesNotDelaySmallPackets) {
  auto listener = Listener::Open(Loopback(), 1);
  ASSERT_TRUE(listener.ok());
  const Socket socket = listener->TakeSocket(0);
  const SocketClient client(listener->address().port());
  const Socket accepted(accept(socket.fd(), nullptr, nullptr));
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  ASSERT_EQ(getsockopt(accepted.fd(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
  EXPECT_NE(no_delay, 0);
}

TEST(Listener, RefusesAPortThatIsTaken) {
  auto first = Listener::Open(Loopback(), 1);
  ASSERT_TRUE(first.ok());
  const auto second = Listener::Open(first->address(), 1);
  ASSERT_FALSE(second.ok()) << "SO_REUSEPORT must not let a second broker in";
  EXPECT_NE(second.error().sentence().find(first->address().ToText()), std::string::npos);
  EXPECT_NE(second.error().sentence().find("another program"), std::string::npos);
}

TEST(Listener, RefusesAnAddressThatIsNotOurs) {
  const auto listener = Listener::Open(*SocketAddress::Parse("192.0.2.1:0"), 1);
  ASSERT_FALSE(listener.ok());
  EXPECT_NE(listener.error().sentence().find("no interface"), std::string::npos);
}

TEST(Listener, LeavesAPortFreeOnceItIsGone) {
  ListenAddress address;
  {
    auto listener = Listener::Open(Loopback(), 2);
    ASSERT_TRUE(listener.ok());
    address = listener->address();
  }
  EXPECT_TRUE(Listener::Open(address, 2).ok());
}

}  // namespace
}  // namespace signet
