// The UNIX socket: who may connect, whom it replaces, and that every question has one answer.
#include "tools/control/control_port.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "net/socket.h"
#include "tests/tools/temp_folder.h"

namespace signet {
namespace {

// Has a port answered on a thread, as the control thread does.
class Answering {
 public:
  explicit Answering(ControlPort* port) : port_(*port), thread_([this] { Run(); }) {}
  ~Answering() { Stop(); }
  void Stop() {
    stops_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    while (!stops_) {
      pollfd event{.fd = port_.fd(), .events = POLLIN, .revents = 0};
      poll(&event, 1, 10);
      port_.Answer([](const ControlQuestion& question) {
        return ControlAnswer{.json = (question.is_post ? "POST " : "GET ") + question.path + " " +
                                     question.body};
      });
    }
  }

  ControlPort& port_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

httplib::Client ClientOf(const std::string& path) {
  httplib::Client client(path);
  client.set_address_family(AF_UNIX);
  client.set_read_timeout(60);
  return client;
}

std::string PathIn(const TempFolder& folder) { return (folder / "ctl.sock").string(); }

std::unique_ptr<ControlPort> Opened(const std::string& path) {
  auto port = ControlPort::Open(path);
  EXPECT_TRUE(port.ok()) << port.error().sentence();
  return port.ok() ? std::move(*port) : nullptr;
}

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

TEST(ControlPort, IsItsOwnersAloneWhateverTheUmaskIs) {
  const TempFolder folder;
  const mode_t before = umask(0);
  const auto port = Opened(PathIn(folder));
  umask(before);
  struct stat status {};
  ASSERT_EQ(lstat(PathIn(folder).c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST(ControlPort, PassesQuestionsOnAndAnswersBack) {
  const TempFolder folder;
  const auto port = Opened(PathIn(folder));
  const Answering answering(port.get());
  auto client = ClientOf(PathIn(folder));
  const auto list = client.Get("/api/v1/clients?limit=1");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->status, 200);
  EXPECT_EQ(list->body, "GET /api/v1/clients ");
  EXPECT_EQ(list->get_header_value("Content-Type"), "application/json");
  const auto kick = client.Post("/api/v1/kick", "{}", "application/json");
  ASSERT_TRUE(kick);
  EXPECT_EQ(kick->body, "POST /api/v1/kick {}");
}

TEST(ControlPort, RefusesWhatIsNowhereAndWhatIsTooLong) {
  const TempFolder folder;
  const auto port = Opened(PathIn(folder));
  const Answering answering(port.get());
  auto client = ClientOf(PathIn(folder));
  const auto nowhere = client.Get("/metrics");
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(nowhere->status, 404);
  EXPECT_TRUE(nowhere->body.starts_with("{\"error\":")) << nowhere->body;
  const std::string body(ControlQuestion::kMaxBodyBytes + 1, 'x');
  const auto too_long = client.Post("/api/v1/kick", body, "application/json");
  ASSERT_TRUE(too_long);
  EXPECT_EQ(too_long->status, 413);
}

TEST(ControlPort, AnswersMoreThanItReadsAtATime) {
  const TempFolder folder;
  const auto port = Opened(PathIn(folder));
  const Answering answering(port.get());
  std::atomic<int> answered = 0;
  std::vector<std::thread> askers;
  for (int i = 0; i < 24; ++i) {
    askers.emplace_back([&] {
      // A connection that finds no room with the kernel is tried again.
      while (true) {
        const auto reply = ClientOf(PathIn(folder)).Get("/api/v1/clients");
        if (!reply) continue;
        if (reply->status == 200) ++answered;
        return;
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(answered, 24);
}

TEST(ControlPort, ThatDrainsSaysThatNothingWasDone) {
  const TempFolder folder;
  const auto port = Opened(PathIn(folder));
  port->Drain();
  const auto reply = ClientOf(PathIn(folder)).Get("/api/v1/clients");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
}

TEST(ControlPort, LeavesThePathToWhoListensThere) {
  const TempFolder folder;
  const auto first = Opened(PathIn(folder));
  const auto second = ControlPort::Open(PathIn(folder));
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().sentence().find("--control: cannot listen on"), std::string::npos);
  const Answering answering(first.get());
  const auto reply = ClientOf(PathIn(folder)).Get("/api/v1/clients");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST(ControlPort, ReplacesASocketThatNobodyListensOn) {
  const TempFolder folder;
  {
    const Socket stale(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un address = AddressOf(PathIn(folder));
    ASSERT_EQ(bind(stale.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  const auto port = Opened(PathIn(folder));
  const Answering answering(port.get());
  EXPECT_TRUE(ClientOf(PathIn(folder)).Get("/api/v1/clients"));
}

TEST(ControlPort, LeavesWhatIsNoSocket) {
  const TempFolder folder;
  folder.Write("ctl.sock", "mine");
  EXPECT_FALSE(ControlPort::Open(PathIn(folder)).ok());
  EXPECT_EQ(access(PathIn(folder).c_str(), F_OK), 0);
}

TEST(ControlPort, TakesItsSocketWithIt) {
  const TempFolder folder;
  Opened(PathIn(folder)).reset();
  EXPECT_NE(access(PathIn(folder).c_str(), F_OK), 0);
}

TEST(ControlPort, NeedsAFolderAndAPathThatFits) {
  const TempFolder folder;
  EXPECT_FALSE(ControlPort::Open((folder / "not/there.sock").string()).ok());
  EXPECT_FALSE(ControlPort::Open((folder / std::string(200, 'x')).string()).ok());
}

}  // namespace
}  // namespace signet
