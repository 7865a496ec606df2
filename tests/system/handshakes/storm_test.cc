// Storms of handshakes: what the broker does for each costs a thousand times what a message does,
// and its sender next to nothing. The others wait for some of them, and never for all.
#include <atomic>
#include <thread>

#include "fmt/format.h"
#include "tests/system/handshakes/handshake_fixture.h"

namespace signet {
namespace {

class HandshakeStorm : public HandshakeTest {};
INSTANTIATE_TEST_SUITE_P(Shards, HandshakeStorm, testing::ValuesIn(kShardCounts),
                         testing::PrintToStringParamName());

// All of them speak at the same moment. Without a budget for a turn the witness would get through
// one round or two until the last one is answered.
TEST_P(HandshakeStorm, OfClientHellosAtOnceLetsTheOthersBetween) {
  const size_t count = Sockets(Scaled(4'000, 200));
  Start();
  const std::string hello = ClientHelloBytes();
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < count; ++i) clients.emplace_back(PortOf(HostilePort::kTls));
  EXPECT_TRUE(witness().Sees(5));
  const size_t before = witness().rounds();
  for (SocketClient& client : clients) client.Send(AsBytes(hello));
  for (SocketClient& client : clients) EXPECT_EQ(client.Receive(1).size(), 1u);
  const size_t rounds = witness().rounds() - before;
  RecordProperty("rounds_meanwhile", std::to_string(rounds));
  // A round is a message to each shard and back: some turns of eight handshakes each, on as many
  // processors as there are.
  constexpr size_t kHandshakesARound = 120;
  EXPECT_GE(rounds, count / shards() / kHandshakesARound);
  clients.clear();
  ExpectPeakGrowthWithin(count * 16 * kKiB + slack());
}

// Full handshakes of clients that leave at once, and reloads in between.
TEST_P(HandshakeStorm, WithReloadsServesEverybody) {
  Start();
  std::atomic<bool> ending = false;
  std::atomic<size_t> done = 0;
  std::atomic<size_t> failed = 0;
  std::vector<std::thread> storm;
  for (int i = 0; i < 2; ++i) {
    storm.emplace_back([&] {
      while (!ending) {
        TlsSocket client(PortOf(HostilePort::kTls));
        ++(client.Shake() && client.Connect("") ? done : failed);
      }
    });
  }
  for (int i = 0; i < 4; ++i) {
    const size_t rounds = witness().rounds();
    Reload();
    EXPECT_TRUE(witness().Sees(Scaled(20, 3)));
    EXPECT_GT(witness().rounds(), rounds);
  }
  EXPECT_TRUE(Eventually([&] { return done >= Scaled(100, 10); }));
  ending = true;
  for (std::thread& thread : storm) thread.join();
  RecordProperty("handshakes", std::to_string(done));
  EXPECT_EQ(failed, 0u);
  ExpectPeakGrowthWithin(8 * kMiB + slack());
}

}  // namespace
}  // namespace signet
