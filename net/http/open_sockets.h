// OpenSockets: the sockets that libcurl has opened, and which of them have carried an answer of
// HTTP/1. On such a connection nothing may come while no request is out. libcurl 7.88 looks only
// whether it is still open, and would take what has come for the answer to the next request: an
// answer about somebody else. So before a request goes out, we look. Used on one thread.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "curl/curl.h"

namespace signet {

class OpenSockets {
 public:
  // For CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION; `self` is one of us, and
  // outlives the connections.
  static curl_socket_t Open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int Close(void* self, curl_socket_t fd);

  // The connection from this port has carried an answer of HTTP/1.
  void NoteHttp1(uint16_t local_port);
  // Whether something has come on that connection, be it its end. False if it has carried nothing,
  // or another protocol, whose server may speak at any time.
  bool HasUnaskedBytes(uint16_t local_port);

 private:
  struct State {
    uint16_t local_port = 0;  // 0: not asked for yet.
    bool http1 = false;
  };

  // Calls visit(fd, State&) for those from this port: more than one if they lead to different
  // hosts.
  template <typename Visit>
  void ForEachFrom(uint16_t local_port, Visit&& visit);

  absl::flat_hash_map<int, State> sockets_;
};

}  // namespace signet
