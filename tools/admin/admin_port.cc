#include "tools/admin/admin_port.h"

#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "fmt/format.h"

namespace signet {
namespace {

constexpr size_t kThreads = 2;
constexpr size_t kRequestBytes = 1024;  // Nobody has anything to say.
constexpr int kTimeout_s = 5;

using SharedSnapshot = std::shared_ptr<const AdminPort::Snapshot>;

class HttpAdminPort : public AdminPort {
 public:
  explicit HttpAdminPort(int waker) : waker_(waker) {}
  HttpAdminPort(const HttpAdminPort&) = delete;
  HttpAdminPort& operator=(const HttpAdminPort&) = delete;
  ~HttpAdminPort() override {
    Drain();
    server_.stop();
    if (thread_.joinable()) thread_.join();
    close(waker_);
  }

  Status Listen(const std::string& host, uint16_t port);

  uint16_t port() const override { return port_; }
  int fd() const override { return waker_; }
  void Answer(absl::AnyInvocable<Snapshot() const> look) override;
  void Drain() override;

 private:
  SharedSnapshot Ask();
  void Serve(const char* path, void (*answer)(const Snapshot&, httplib::Response&));

  const int waker_;
  httplib::Server server_;
  uint16_t port_ = 0;
  std::thread thread_;
  std::mutex mutex_;  // For what follows.
  std::vector<std::promise<SharedSnapshot>> waiting_;
  bool draining_ = false;
};

void Say(httplib::Response& response, int status, const std::string& text) {
  response.status = status;
  response.set_content(text, "text/plain; charset=utf-8");
}

void SayMetrics(const AdminPort::Snapshot& snapshot, httplib::Response& response) {
  response.set_content(snapshot.metrics, "text/plain; version=0.0.4; charset=utf-8");
}

void SayHealthy(const AdminPort::Snapshot&, httplib::Response& response) {
  Say(response, 200, "ok\n");
}

void SayWhetherReady(const AdminPort::Snapshot& snapshot, httplib::Response& response) {
  const bool ready = snapshot.not_ready.empty();
  Say(response, ready ? 200 : 503, (ready ? "ok" : snapshot.not_ready) + "\n");
}

Status HttpAdminPort::Listen(const std::string& host, uint16_t port) {
  server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // By default it would share its port with whoever is there already.
  server_.set_socket_options([](int socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server_.set_payload_max_length(kRequestBytes);
  server_.set_read_timeout(kTimeout_s);
  server_.set_write_timeout(kTimeout_s);
  server_.set_keep_alive_timeout(kTimeout_s);
  Serve("/metrics", SayMetrics);
  Serve("/healthz", SayHealthy);
  Serve("/readyz", SayWhetherReady);
  errno = 0;
  const int bound = port == 0                          ? server_.bind_to_any_port(host)
                    : server_.bind_to_port(host, port) ? port
                                                       : -1;
  if (bound <= 0) {
    return Status::Error(
        fmt::format("--admin: cannot listen on {} port {}: {}", host, port, strerror(errno)));
  }
  port_ = static_cast<uint16_t>(bound);
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  return Status::Ok();
}

void HttpAdminPort::Serve(const char* path, void (*answer)(const Snapshot&, httplib::Response&)) {
  server_.Get(path, [this, answer](const httplib::Request&, httplib::Response& response) {
    const SharedSnapshot snapshot = Ask();
    if (snapshot == nullptr) {
      return Say(response, 503, "the broker drains, or its control thread is busy\n");
    }
    answer(*snapshot, response);
  });
}

// On a thread of the server. Null: there is no answer.
SharedSnapshot HttpAdminPort::Ask() {
  std::future<SharedSnapshot> answer;
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return nullptr;
    answer = waiting_.emplace_back().get_future();
  }
  eventfd_write(waker_, 1);
  return answer.wait_for(kPatience) == std::future_status::ready ? answer.get() : nullptr;
}

void HttpAdminPort::Answer(absl::AnyInvocable<Snapshot() const> look) {
  eventfd_t count = 0;
  eventfd_read(waker_, &count);  // Before we take: who comes later wakes us again.
  std::vector<std::promise<SharedSnapshot>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = std::exchange(waiting_, {});
  }
  if (waiting.empty()) return;
  const auto snapshot = std::make_shared<const Snapshot>(look());
  for (auto& each : waiting) each.set_value(snapshot);
}

void HttpAdminPort::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  for (auto& each : waiting_) each.set_value(nullptr);
  waiting_.clear();
}

}  // namespace

StatusOr<std::unique_ptr<AdminPort>> AdminPort::Open(const std::string& host, uint16_t port) {
  const int waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) {
    return Status::Error(fmt::format("--admin: cannot make an eventfd: {}", strerror(errno)));
  }
  auto admin = std::make_unique<HttpAdminPort>(waker);
  if (Status status = admin->Listen(host, port); !status.ok()) return status;
  return std::unique_ptr<AdminPort>(std::move(admin));
}

}  // namespace signet
