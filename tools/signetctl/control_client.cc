#include "tools/signetctl/control_client.h"

#include <httplib.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "core/base/log.h"
#include "fmt/format.h"

namespace signet {
namespace {

// Longer than the broker waits for its own control thread.
constexpr int kPatience_s = 60;

}  // namespace

StatusOr<ControlReply> CallBroker(const std::string& socket, const ControlCall& call) {
  httplib::Client client(socket);
  client.set_address_family(AF_UNIX);
  client.set_read_timeout(kPatience_s);
  errno = 0;
  const httplib::Result result =
      call.is_post ? client.Post(call.path, call.body, "application/json") : client.Get(call.path);
  if (result) return ControlReply{.status = result->status, .json = result->body};
  const int error = errno;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's answers from a table.
  const std::string why = error != 0 ? std::strerror(error) : httplib::to_string(result.error());
  return Status::Error(fmt::format("no broker answers on {}: {}", EscapeForLog(socket, 4096), why));
}

}  // namespace signet
