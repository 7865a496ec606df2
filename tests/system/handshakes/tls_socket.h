// TlsSocket: a TLS client over a socket: TlsClient's bytes and SocketClient's waits. What it holds
// of TLS may be given up while its socket stays open. Used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/net/tls/tls_client.h"
#include "tests/support/socket_client.h"

namespace signet {

class TlsSocket {
 public:
  // Connects to 127.0.0.1, and sends nothing yet.
  explicit TlsSocket(uint16_t port, const TlsClientOptions& options = {});

  // The handshake. False if the broker ends it.
  bool Shake();
  // Sends what TLS has to say; false if the broker takes no more.
  bool Flush();
  bool Write(std::string_view plain);
  // Takes one piece of what the broker sends, and answers it. False if none comes, it is the end,
  // or it is not what TLS allows.
  bool Step();
  // Plain bytes that have been received, once there are `size` of them or no more come.
  const std::string& ReceivePlain(size_t size);
  // CONNECT of MQTT 5: whether it was accepted.
  bool Connect(std::string_view client_id);

  TlsClient& tls() { return *tls_; }
  SocketClient& socket() { return socket_; }
  // Only the socket is needed from here on.
  void ForgetTls() { tls_.reset(); }

 private:
  SocketClient socket_;
  std::unique_ptr<TlsClient> tls_;
};

}  // namespace signet
