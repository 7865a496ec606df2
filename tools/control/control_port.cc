#include "tools/control/control_port.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <future>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "core/base/log.h"
#include "fmt/format.h"
#include "net/listener.h"
#include "net/socket.h"
#include "tools/control/bounded_pool.h"

namespace signet {
namespace {

constexpr mode_t kOwnerAlone = 0600;
constexpr int kTimeout_s = 5;
constexpr int kUnavailable = 503;

class HttpControlPort : public ControlPort {
 public:
  explicit HttpControlPort(int waker) : waker_(waker) {}
  HttpControlPort(const HttpControlPort&) = delete;
  HttpControlPort& operator=(const HttpControlPort&) = delete;
  ~HttpControlPort() override {
    Drain();
    server_.stop();
    if (thread_.joinable()) thread_.join();
    close(waker_);
  }

  Status Listen(const std::string& path);

  int fd() const override { return waker_; }
  void Answer(absl::AnyInvocable<ControlAnswer(const ControlQuestion&)> handle) override;
  void Drain() override;

 private:
  struct Waiting {
    ControlQuestion question;
    std::promise<ControlAnswer> answer;
  };

  void Configure();
  void Start();
  void Serve(const httplib::Request& request, httplib::Response& response);
  ControlAnswer Ask(ControlQuestion question);

  const int waker_;
  httplib::Server server_;
  std::unique_ptr<SocketFile> file_;
  std::thread thread_;
  std::atomic<bool> has_ended_ = false;
  std::mutex mutex_;  // For what follows.
  std::list<Waiting> waiting_;
  bool draining_ = false;
};

ControlAnswer Unavailable() {
  return ControlRefusal(kUnavailable,
                        "the broker drains, or its control thread is busy: nothing was done");
}

Status Failed(const std::string& path, std::string_view why) {
  return Status::Error(
      fmt::format("--control: cannot listen on {}: {}", EscapeForLog(path, 4096), why));
}

Status FailedBySystem(const std::string& path) {
  const int error = errno;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's answers from a table.
  const std::string_view what = std::strerror(error);
  return Failed(path,
                error == EADDRINUSE ? "another program listens there, or it is no socket" : what);
}

// One broker at a time looks whether a socket of the folder is stale, and makes its own.
Socket LockFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  Socket lock(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock && flock(lock.fd(), LOCK_EX) != 0) return Socket();
  return lock;
}

void HttpControlPort::Configure() {
  server_.new_task_queue = [] { return new BoundedPool(kMostQuestions, kMostWaiting); };
  server_.set_address_family(AF_UNIX);
  // Before it has a name: Linux takes the mode of the entry from it, less the umask.
  server_.set_socket_options([](int socket) { fchmod(socket, kOwnerAlone); });
  server_.set_payload_max_length(ControlQuestion::kMaxBodyBytes);
  server_.set_read_timeout(kTimeout_s);
  server_.set_write_timeout(kTimeout_s);
  server_.set_keep_alive_max_count(1);
  const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
    Serve(request, response);
  };
  server_.Get("/api/v1/clients", serve);
  for (const char* path : {"/api/v1/client", "/api/v1/kick", "/api/v1/revoke", "/api/v1/explain"}) {
    server_.Post(path, serve);
  }
  server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    const ControlAnswer answer = ControlRefusal(
        response.status, response.status == 413 ? "the body is too long" : "there is nothing here");
    response.set_content(answer.json, "application/json");
  });
}

Status HttpControlPort::Listen(const std::string& path) {
  Configure();
  const Socket lock = LockFolderOf(path);
  if (!lock) return FailedBySystem(path);
  RemoveStaleSocket(path);
  errno = 0;
  constexpr int kNoPort = 1;  // A number is asked for, and means nothing.
  if (!server_.bind_to_port(path, kNoPort)) return FailedBySystem(path);
  file_ = std::make_unique<SocketFile>(path);
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || (status.st_mode & 0777 & ~kOwnerAlone) != 0) {
    return Failed(path, "its mode does not keep others out");
  }
  Start();
  return Status::Ok();
}

void HttpControlPort::Start() {
  thread_ = std::thread([this] {
    server_.listen_after_bind();
    has_ended_ = true;
  });
  // Before that, stop() would not be heard.
  while (!server_.is_running() && !has_ended_) std::this_thread::yield();
}

void HttpControlPort::Serve(const httplib::Request& request, httplib::Response& response) {
  ControlQuestion question{
      .is_post = request.method == "POST", .path = request.path, .body = request.body};
  for (const auto& [name, value] : request.params) question.parameters[name] = value;
  const ControlAnswer answer = Ask(std::move(question));
  response.status = answer.status;
  response.set_content(answer.json, "application/json");
}

// On a thread of the server. Who is told that nothing was done finds that true: what the control
// thread has begun is waited for.
ControlAnswer HttpControlPort::Ask(ControlQuestion question) {
  std::future<ControlAnswer> answer;
  const Waiting* mine = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Unavailable();
    waiting_.push_back({.question = std::move(question), .answer = {}});
    mine = &waiting_.back();
    answer = waiting_.back().answer.get_future();
  }
  eventfd_write(waker_, 1);
  if (answer.wait_for(kPatience) != std::future_status::ready) {
    const std::lock_guard lock(mutex_);
    const auto place =
        std::ranges::find_if(waiting_, [mine](const Waiting& each) { return &each == mine; });
    if (place != waiting_.end()) {
      waiting_.erase(place);
      return Unavailable();
    }
  }
  return answer.get();
}

void HttpControlPort::Answer(absl::AnyInvocable<ControlAnswer(const ControlQuestion&)> handle) {
  eventfd_t count = 0;
  eventfd_read(waker_, &count);  // Before we take: who comes later wakes us again.
  std::list<Waiting> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(waiting_, {});
  }
  for (Waiting& each : taken) each.answer.set_value(handle(each.question));
}

void HttpControlPort::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  for (Waiting& each : waiting_) each.answer.set_value(Unavailable());
  waiting_.clear();
}

}  // namespace

StatusOr<std::unique_ptr<ControlPort>> ControlPort::Open(const std::string& path) {
  const int waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (waker < 0) return FailedBySystem(path);
  auto control = std::make_unique<HttpControlPort>(waker);
  if (Status status = control->Listen(path); !status.ok()) return status;
  return std::unique_ptr<ControlPort>(std::move(control));
}

}  // namespace signet
