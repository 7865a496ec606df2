#include "tests/net/tls/openssl_client.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <fstream>

#include "core/base/check.h"

namespace signet {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::string_view kGreeting = "hello from the broker\n";

int Listen(const std::string& path) {
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(listener >= 0);
  sockaddr_un address = {.sun_family = AF_UNIX};
  CHECK(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(listen(listener, 1) == 0);
  return listener;
}

struct Process {
  pid_t id;
  int input;
  int output;
};

Process Start(const std::vector<std::string>& arguments) {
  int in[2];
  int out[2];
  CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  CHECK(posix_spawn_file_actions_adddup2(&actions, in[0], 0) == 0);
  CHECK(posix_spawn_file_actions_adddup2(&actions, out[1], 1) == 0);
  CHECK(posix_spawn_file_actions_adddup2(&actions, out[1], 2) == 0);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  Process process{.id = 0, .input = in[1], .output = out[0]};
  CHECK(posix_spawnp(&process.id, argv[0], &actions, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  return process;
}

// What is there, or nothing at the end.
std::string ReadSome(int descriptor) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = read(descriptor, buffer.data(), buffer.size());
  return size > 0 ? std::string(buffer.data(), static_cast<size_t>(size)) : std::string();
}

void WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(size));
  }
}

// Speaks for the server until the peer is gone or has said all that was typed in.
void Serve(int connection, const Process& process, const std::string& input, TlsServer* server,
           OpensslResult* result) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  std::array<pollfd, 2> polled = {pollfd{.fd = connection, .events = POLLIN},
                                  pollfd{.fd = process.output, .events = POLLIN}};
  bool typed = false;
  while (std::chrono::steady_clock::now() < end) {
    if (poll(polled.data(), polled.size(), 100) < 0) return;
    if (polled[1].revents != 0) {
      const std::string some = ReadSome(process.output);
      if (some.empty()) return;
      result->output += some;
    }
    if (polled[0].revents != 0) {
      const std::string bytes = ReadSome(connection);
      if (bytes.empty()) return;
      server->Feed(AsBytes(bytes));
    }
    if (server->is_open() && !typed) {
      typed = true;
      result->was_open = true;
      result->session = server->session();
      server->Send(kGreeting);
      CHECK(write(process.input, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
    }
    const bool done = typed && result->output.find(kGreeting) != std::string::npos &&
                      server->sink().received.size() >= input.size();
    if (done) server->transport().Close(&server->wire());
    WriteAll(connection, server->TakeOutput());
    if (done || !server->status().ok()) return;
  }
}

}  // namespace

OpensslClient::OpensslClient() {
  std::string name = std::filesystem::temp_directory_path() / "signet-tls-XXXXXX";
  CHECK(mkdtemp(name.data()) != nullptr);
  folder_ = name;
}

OpensslClient::~OpensslClient() { std::filesystem::remove_all(folder_); }

std::string OpensslClient::File(const std::string& name, std::string_view content) const {
  std::ofstream(folder_ / name) << content;
  return folder_ / name;
}

OpensslResult OpensslClient::Run(std::shared_ptr<const TlsContext> context,
                                 const std::vector<std::string>& arguments,
                                 const std::string& input) {
  const std::string path = folder_ / "socket";
  std::filesystem::remove(path);
  const int listener = Listen(path);
  std::vector<std::string> command = {"openssl", "s_client", "-unix", path};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Process process = Start(command);
  OpensslResult result;
  pollfd polled{.fd = listener, .events = POLLIN};
  if (poll(&polled, 1, 10'000) == 1) {
    const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    TlsServer server(std::move(context));
    Serve(connection, process, input, &server, &result);
    result.received = server.sink().received;
    if (!server.status().ok()) result.server_error = server.status().sentence();
    close(connection);
  }
  close(listener);
  close(process.input);
  for (std::string some; !(some = ReadSome(process.output)).empty();) result.output += some;
  close(process.output);
  kill(process.id, SIGTERM);
  CHECK(waitpid(process.id, nullptr, 0) == process.id);
  return result;
}

}  // namespace signet
