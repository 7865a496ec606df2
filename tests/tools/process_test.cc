// The program as an operator meets it: how it starts, what it says, how it ends.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "fmt/format.h"
#include "tests/support/broker_process.h"
#include "tests/support/bytes.h"
#include "tests/support/socket_client.h"

namespace signet {
namespace {

const std::vector<uint8_t> kConnect = Bytes("10 0F 0004 'MQTT' 04 02 0000 0003 'abc'");
const std::vector<uint8_t> kConnack = Bytes("20 02 00 00");

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Process, ServesAndStopsOnSigterm) {
  BrokerProcess broker({.arguments = {"--shards", "2"}});
  SocketClient client(broker.port());
  client.Send(kConnect);
  EXPECT_EQ(client.Receive(4), kConnack);
  broker.Stop();
  EXPECT_EQ(client.ReceiveUntilClosed(), std::vector<uint8_t>());
  const std::string log = broker.Log();
  EXPECT_TRUE(Contains(log, fmt::format("listening on 127.0.0.1:{}", broker.port()))) << log;
  EXPECT_TRUE(Contains(log, "client connected client_id=\"abc\"")) << log;
  EXPECT_TRUE(Contains(log, "info stopped")) << log;
}

TEST(Process, StopsOnSigintToo) {
  BrokerProcess broker;
  broker.Stop(SIGINT);
}

TEST(Process, WritesJsonIfAskedTo) {
  BrokerProcess broker({.arguments = {"--log-format", "json"}});
  broker.Stop();
  EXPECT_TRUE(Contains(broker.Log(), R"("level":"info","event":"stopped")")) << broker.Log();
}

TEST(Process, SaysInOneSentenceThatAPortIsTaken) {
  BrokerProcess broker;
  const std::string where = fmt::format("127.0.0.1:{}", broker.port());
  const ProgramOutcome second = RunBroker({"--listen", where});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_EQ(second.output, "");
  EXPECT_TRUE(Contains(second.error, "signet: cannot listen on " + where)) << second.error;
}

TEST(Process, SaysInOneSentenceWhatIsWrongWithItsCommandLine) {
  const ProgramOutcome outcome = RunBroker({"--shards", "none"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(outcome.error.starts_with("signet: ")) << outcome.error;
}

TEST(Process, WarnsOfAnOpenPortWithoutAuthentication) {
  BrokerProcess broker({.arguments = {"--listen", "0.0.0.0:0"}});
  broker.Stop();
  EXPECT_TRUE(Contains(broker.Log(), "without authentication")) << broker.Log();
}

TEST(Process, RestsWhenNoDescriptorIsLeftAndGoesOnWhenThereIs) {
  BrokerProcess broker({.arguments = {"--shards", "1"}, .open_files = 40});
  std::vector<SocketClient> clients;
  for (int i = 0; i < 100; ++i) clients.emplace_back(broker.port());
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // Until it has given up.
  const double before = broker.ProcessorTime();
  const auto start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  // A busy loop takes all of it, or what the machine has left for us; a tick is 10 ms.
  EXPECT_LT((broker.ProcessorTime() - before) / elapsed.count(), 0.05);
  EXPECT_TRUE(Contains(broker.Log(), "cannot accept a connection")) << broker.Log();
  // The last one has waited in the kernel's queue; it is served once others have gone.
  SocketClient last = std::move(clients.back());
  clients.clear();
  last.Send(kConnect);
  EXPECT_EQ(last.Receive(4), kConnack);
}

}  // namespace
}  // namespace signet
