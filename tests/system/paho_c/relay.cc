#include "tests/system/paho_c/relay.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "tests/system/paho_c/loopback.h"

namespace signet {
namespace {

void Reset(int fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(fd);
}

}  // namespace

Relay::Relay(uint16_t broker_port) : broker_port_(broker_port), wake_(eventfd(0, EFD_CLOEXEC)) {
  const Listener listener = ListenOnLoopback();
  listener_ = listener.fd;
  port_ = listener.port;
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  Ask(kStop);
  thread_.join();
  close(listener_);
  close(wake_);
}

void Relay::Ask(Request request) {
  request_ = request;
  EXPECT_EQ(eventfd_write(wake_, 1), 0);
  answered_.acquire();
}

void Relay::Run() {
  while (true) {
    std::vector<pollfd> waits{{.fd = wake_, .events = POLLIN, .revents = 0},
                              {.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const Wire& wire : wires_) {
      for (const int end : wire.ends) waits.push_back({.fd = end, .events = POLLIN, .revents = 0});
    }
    poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) {
      eventfd_t count = 0;
      eventfd_read(wake_, &count);
      const Request request = request_.exchange(kNothing);
      CutAll();
      answered_.release();
      if (request == kStop) return;
      continue;
    }
    std::vector<Wire> alive;
    for (size_t i = 0; i < wires_.size(); ++i) {
      const bool up = waits[2 + 2 * i].revents == 0 || Carry(wires_[i], kUp);
      const bool down = waits[3 + 2 * i].revents == 0 || Carry(wires_[i], kDown);
      if (up && down) {
        alive.push_back(wires_[i]);
      } else {
        for (const int end : wires_[i].ends) close(end);
      }
    }
    wires_ = std::move(alive);
    if (waits[1].revents != 0) Accept();
  }
}

void Relay::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int broker = ConnectToLoopback(broker_port_);
  if (broker < 0) {
    close(client);
    return;
  }
  SendAtOnce(client);
  SendAtOnce(broker);
  wires_.push_back({.ends = {client, broker}});
}

bool Relay::Carry(const Wire& wire, Direction direction) {
  std::array<char, 65536> bytes{};
  const ssize_t size = recv(wire.ends[direction], bytes.data(), bytes.size(), 0);
  if (size <= 0) return false;
  if (muted_[direction]) return true;
  const int target = wire.ends[direction == kUp ? kDown : kUp];
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t more =
        send(target, bytes.data() + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
    if (more < 0) return false;
    sent += more;
  }
  return true;
}

void Relay::CutAll() {
  for (const Wire& wire : wires_) std::ranges::for_each(wire.ends, Reset);
  wires_.clear();
  for (std::atomic<bool>& muted : muted_) muted = false;
}

}  // namespace signet
