// One TlsContext and its TicketKeys, used by several threads at once, as shards do, while a reload
// lets go of the context and the keys rotate.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

TEST(TlsThreads, ShakeHandsFromOneContext) {
  constexpr int kThreads = 4;
  constexpr int kConnections = 20;
  const auto keys = std::make_shared<TicketKeys>(Instant());
  auto context = MakeTls(ServerSettings(), keys);
  std::atomic<int> opened{0};
  std::atomic<int> resumed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&opened, &resumed, context] {
      TlsClient::SessionPtr session;
      for (int j = 0; j < kConnections; ++j) {
        TlsPair pair(context, {}, session);
        pair.Run();
        pair.server.Send("so that the client reads its ticket");
        pair.Run();
        opened += pair.is_open() ? 1 : 0;
        resumed += pair.server.session().resumed ? 1 : 0;
        session = pair.client.Session();
      }
    });
  }
  context.reset();
  for (int i = 1; i <= 20; ++i) keys->RotateIfDue(Instant(i * TicketKeys::kRotation));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, kThreads * kConnections);
  EXPECT_GT(resumed, 0);
}

// A connection that is open while a reload lets go of its context.
TEST(TlsThreads, ConnectionsOutliveTheirContext) {
  auto context = MakeTls(ServerSettings(), std::make_shared<TicketKeys>(Instant()));
  const std::weak_ptr<const TlsContext> watched = context;
  {
    TlsPair early(context);
    TlsPair open(context);
    open.Run();
    context.reset();
    EXPECT_FALSE(watched.expired());
    early.Run();
    EXPECT_TRUE(early.is_open());
    open.client.Write("still here");
    open.Run();
    EXPECT_EQ(open.server.sink().received, "still here");
  }
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace signet
