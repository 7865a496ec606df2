// HandshakeTest: a HostileTest whose broker also has the ports of a manifest: with TLS, WebSockets,
// both, and proxies in front. The witness speaks plain MQTT on a port of its own meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/system/handshakes/tls_socket.h"
#include "tests/system/hostile/hostile_fixture.h"
#include "tests/tools/temp_folder.h"

namespace signet {

// In the order of the manifest.
enum class HostilePort : uint8_t {
  kTls,
  kMutualTls,  // Asks for a client certificate, and takes no client without.
  kWebSocket,  // Lets in kGoodOrigin alone, and who sends none.
  kSecureWebSocket,
  kProxied,  // Believes this machine.
  kProxiedTls,
  kStrangers,  // Believes a network where nobody is.
};

inline constexpr std::string_view kGoodOrigin = "https://good.example";

class HandshakeTest : public HostileTest {
 protected:
  struct Ports {
    uint32_t handshake_timeout_s = 300;
    std::vector<std::string> limits = {"connect_timeout_s=300"};
  };
  void Start(const Ports& ports);
  void Start() { Start(Ports()); }

  uint16_t PortOf(HostilePort port) const { return ports_.at(static_cast<size_t>(port)); }
  // With a certificate that the port for mutual TLS accepts.
  TlsClientOptions Device() const;
  // Waits until the log has the sentence.
  bool Logs(std::string_view sentence);
  // The broker closes, and says why.
  void ExpectEnd(SocketClient& client, std::string_view sentence);
  // Sends `bytes` to a new connection, which the broker must end with this sentence.
  void ExpectRefused(HostilePort port, ByteView bytes, std::string_view sentence);
  // SIGHUP after a change of the manifest, until the broker follows it.
  void Reload();

 private:
  void WriteManifest(uint32_t generation);

  TempFolder folder_;
  TestCa devices_{"Device CA"};
  Ports settings_;
  uint32_t generation_ = 0;
  std::vector<uint16_t> ports_;
};

// A ClientHello as it goes over the wire. Any number of clients may send the same one: the broker
// answers each with a key exchange and a signature, while its sender does nothing at all.
std::string ClientHelloBytes(TlsVersion version = TlsVersion::k13);

// Opens a WebSocket; false if the broker refuses.
bool OpenWebSocket(SocketClient& client);

}  // namespace signet
