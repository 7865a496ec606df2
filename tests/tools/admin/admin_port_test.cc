// The admin port of the broker, asked by an HTTP client that others have written.
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "fmt/format.h"
#include "tests/support/broker_process.h"
#include "tests/support/bytes.h"
#include "tests/support/socket_client.h"
#include "tests/tools/temp_folder.h"

namespace signet {
namespace {

constexpr int kPatience_s = 60;

// Its line may come a moment after that of the ports, which is not of the log.
int AdminPortOf(const BrokerProcess& broker) {
  const std::string before = "operators ask on 127.0.0.1:";
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kPatience_s);
  while (std::chrono::steady_clock::now() < end) {
    const std::string log = broker.Log();
    const size_t at = log.find(before);
    const size_t line_end = log.find('\n', at);
    if (at != std::string::npos && line_end != std::string::npos) {
      return std::stoi(log.substr(at + before.size()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ADD_FAILURE() << "there is no admin port: " << broker.Log();
  return 0;
}

httplib::Result Get(int port, const char* path) {
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(kPatience_s);
  return client.Get(path);
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::vector<std::string> kAdmin = {"--admin", "127.0.0.1:0", "--shards", "2"};

TEST(AdminPort, SaysWhatTheBrokerCounts) {
  BrokerProcess broker({.arguments = kAdmin});
  SocketClient client(broker.port());
  client.Send(Bytes("10 0F 0004 'MQTT' 04 02 0000 0003 'abc'"));
  EXPECT_EQ(client.Receive(4), Bytes("20 02 00 00"));
  const auto answer = Get(AdminPortOf(broker), "/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
  EXPECT_TRUE(Contains(answer->body, "\nsignet_connections 1\n")) << answer->body;
  EXPECT_TRUE(Contains(answer->body, "\nsignet_connections_accepted_total 1\n")) << answer->body;
  EXPECT_TRUE(Contains(answer->body, "\nsignet_auth_grants 0\n")) << answer->body;
}

TEST(AdminPort, IsHealthyAndReady) {
  BrokerProcess broker({.arguments = kAdmin});
  const int port = AdminPortOf(broker);
  for (const char* path : {"/healthz", "/readyz"}) {
    const auto answer = Get(port, path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_EQ(answer->body, "ok\n") << path;
  }
  const auto other = Get(port, "/other");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 404);
}

TEST(AdminPort, IsNotReadyWhileAPortWaits) {
  const TempFolder folder;
  folder.Write("broker.yaml",
               "apiVersion: mqttbroker.iotoperations.azure.com/v1\n"
               "kind: BrokerListener\n"
               "metadata: {name: front}\n"
               "spec:\n"
               "  ports:\n"
               "    - port: 0\n"
               "      authenticationRef: not-there\n");
  std::vector<std::string> arguments = kAdmin;
  arguments.insert(arguments.end(), {"--config", folder.path(), "--listen", "127.0.0.1:0"});
  BrokerProcess broker({.arguments = arguments, .listen = false});
  const auto answer = Get(AdminPortOf(broker), "/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(Contains(answer->body, "is not open")) << answer->body;
}

TEST(AdminPort, AnswersManyAtOnce) {
  BrokerProcess broker({.arguments = kAdmin});
  const int port = AdminPortOf(broker);
  std::vector<std::thread> askers;
  std::vector<int> statuses(16, 0);
  for (int& status : statuses) {
    askers.emplace_back([port, &status] {
      for (int i = 0; i < 10; ++i) {
        const auto answer = Get(port, "/metrics");
        status = answer ? answer->status : -1;
        if (status != 200) return;
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  for (const int status : statuses) EXPECT_EQ(status, 200);
  broker.Stop();
}

TEST(AdminPort, MustBeLocal) {
  const ProgramOutcome outcome = RunBroker({"--admin", "0.0.0.0:9600"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_TRUE(Contains(outcome.error, "not an address of the loopback interface"));
}

TEST(AdminPort, ThatIsTakenEndsTheStart) {
  BrokerProcess broker({.arguments = kAdmin});
  const int port = AdminPortOf(broker);
  const ProgramOutcome outcome =
      RunBroker({"--listen", "127.0.0.1:0", "--admin", fmt::format("127.0.0.1:{}", port)});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(Contains(outcome.error, "--admin: cannot listen on")) << outcome.error;
}

}  // namespace
}  // namespace signet
