// What a connection costs: before its ClientHello, within the handshake, idle, busy; and that all
// of it is given back.
#include <gtest/gtest.h>
#include <malloc.h>
#include <wolfssl/ssl.h>

#include <atomic>
#include <cstdlib>

#include "net/tls/client_hello.h"
#include "tests/net/tls/tls_pair.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

// Bytes that wolfSSL holds, clients' and servers' alike.
std::atomic<int64_t> held{0};
std::atomic<int64_t> most_held{0};

void Count(int64_t bytes) {
  const int64_t now = held += bytes;
  if (now > most_held) most_held = now;
}

void* Allocate(size_t size) {
  void* memory = std::malloc(size);
  Count(static_cast<int64_t>(malloc_usable_size(memory)));
  return memory;
}

void Free(void* memory) {
  held -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

void* Reallocate(void* memory, size_t size) {
  held -= static_cast<int64_t>(malloc_usable_size(memory));
  void* moved = std::realloc(memory, size);
  Count(static_cast<int64_t>(malloc_usable_size(moved)));
  return moved;
}

// Before main(), and so before wolfSSL asks for anything.
const int kCounting = wolfSSL_SetAllocators(&Allocate, &Free, &Reallocate);

class Memory : public ::testing::TestWithParam<TlsVersion> {
 protected:
  Memory() { EXPECT_EQ(kCounting, 0); }

  // What a step of the server's side adds in the end.
  template <typename Step>
  int64_t HeldBy(Step step) {
    const int64_t before = held;
    most_held = before;
    step();
    peak_ = most_held - before;
    return held - before;
  }

  int64_t peak_ = 0;  // What it added at its height.
};

INSTANTIATE_TEST_SUITE_P(Tls, Memory, ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(Memory, OfASilentConnectionIsOurObjectAlone) {
  const auto context = MakeTls(ServerSettings());
  EXPECT_LE(sizeof(TlsTransport), 320u);
  TlsServer server(context);
  const std::string hello = TlsClient({.max_version = GetParam()}).TakeOutput();
  EXPECT_EQ(HeldBy([&] { server.Feed(AsBytes(hello).first(hello.size() - 1)); }), 0);
}

TEST_P(Memory, OfAnIdleConnectionIsWithinItsGoal) {
  TlsServerSettings settings = ServerSettings();
  settings.alpn = {"mqtt"};
  const auto context = MakeTls(settings, std::make_shared<TicketKeys>(Instant()));
  TlsClient client({.max_version = GetParam(), .server_name = "broker.example", .alpn = "mqtt"});
  TlsServer server(context);
  int64_t most = 0;
  int64_t now = 0;
  while (!client.is_open() || !server.is_open()) {
    const std::string up = client.TakeOutput();
    const int64_t before = now;
    now += HeldBy([&] { server.Feed(AsBytes(up)); });
    most = std::max(most, before + peak_);
    client.Feed(AsBytes(server.TakeOutput()));
  }
  RecordProperty("handshake_bytes", std::to_string(most));
  RecordProperty("idle_bytes", std::to_string(now));
  EXPECT_LE(most, 20 * 1024);
  EXPECT_LE(now, 18 * 1024);
  // It holds no more once data has come and gone.
  const std::string data(30'000, 'x');
  client.Write(data);
  const std::string up = client.TakeOutput();
  EXPECT_LE(HeldBy([&] { server.Feed(AsBytes(up), 1000); }), 64);
  EXPECT_LE(HeldBy([&] { server.Send(data); }), 64);
  EXPECT_EQ(server.sink().received, data);
}

TEST_P(Memory, IsGivenBack) {
  const TestCa ca("Device CA");
  const TlsClientOptions options{.max_version = GetParam(),
                                 .certificate = ca.Issue({.use = CertificateUse::kClient})};
  ServerCertificate();  // Kept for the whole run.
  const auto connect = [&] {
    TlsServerSettings settings = ServerSettings();
    settings.client_certificates = ClientCertificates::kRequired;
    settings.client_ca_pem = ca.pem();
    const auto context = MakeTls(settings);
    TlsPair whole(context, options);
    whole.Run();
    TlsPair half(context, options);
    half.server.Feed(AsBytes(half.client.TakeOutput()));
    TlsServer refused(context);
    refused.Feed(Bytes("16 0301 0004 01000000"));
  };
  connect();
  EXPECT_EQ(HeldBy(connect), 0);
}

}  // namespace
}  // namespace signet
