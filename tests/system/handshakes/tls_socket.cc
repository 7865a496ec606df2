#include "tests/system/handshakes/tls_socket.h"

#include "tests/support/wire_client.h"

namespace signet {

TlsSocket::TlsSocket(uint16_t port, const TlsClientOptions& options)
    : socket_(port), tls_(std::make_unique<TlsClient>(options)) {}

bool TlsSocket::Flush() { return socket_.Send(AsBytes(tls_->TakeOutput())); }

bool TlsSocket::Write(std::string_view plain) {
  tls_->Write(plain);
  return Flush();
}

bool TlsSocket::Step() {
  if (!Flush()) return false;
  const std::optional<std::vector<uint8_t>> some = socket_.ReceiveSome();
  if (!some.has_value() || some->empty()) return false;
  tls_->Feed(*some);
  return tls_->error() == 0 && Flush();
}

bool TlsSocket::Shake() {
  while (!tls_->is_open()) {
    if (!Step()) return false;
  }
  return true;
}

const std::string& TlsSocket::ReceivePlain(size_t size) {
  while (tls_->received().size() < size && Step()) {
  }
  return tls_->received();
}

bool TlsSocket::Connect(std::string_view client_id) {
  constexpr size_t kConnackHead = 4;
  const std::vector<uint8_t> connect =
      ConnectBytes({.version = ProtocolVersion::k5, .clean_start = true, .client_id = client_id});
  if (!Write(AsText(connect))) return false;
  const std::string& answer = ReceivePlain(kConnackHead);
  return answer.size() >= kConnackHead && answer[0] == 0x20 && answer[3] == 0;
}

}  // namespace signet
