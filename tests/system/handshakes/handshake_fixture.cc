#include "tests/system/handshakes/handshake_fixture.h"

#include <signal.h>

#include <charconv>

#include "fmt/format.h"
#include "tests/support/websocket_client.h"

namespace signet {
namespace {

constexpr size_t kPorts = static_cast<size_t>(HostilePort::kStrangers) + 1;

// "listening on 127.0.0.1:40001" of each port, the witness' port first. The last line may not be
// whole yet.
std::vector<uint16_t> PortsIn(std::string_view log) {
  constexpr std::string_view kSentence = "listening on 127.0.0.1:";
  log = log.substr(0, log.rfind('\n') + 1);
  std::vector<uint16_t> ports;
  for (size_t at = 0; (at = log.find(kSentence, at)) != std::string_view::npos;) {
    at += kSentence.size();
    uint16_t port = 0;
    std::from_chars(log.data() + at, log.data() + log.size(), port);
    ports.push_back(port);
  }
  return ports;
}

constexpr std::string_view kManifest = R"(
apiVersion: mqttbroker.iotoperations.azure.com/v1
kind: BrokerListener
metadata: {{name: hostile}}
spec:
  ports:
    - {{{common}, {tls}}}
    - {{{common}, {tls}, authenticationRef: devices}}
    - {{{common}, protocol: WebSockets, webSockets: {{allowedOrigins: ["{origin}"]}}}}
    - {{{common}, {tls}, protocol: WebSockets}}
    - {{{common}, proxyProtocol: {{trustedNetworks: [127.0.0.1/32]}}}}
    - {{{common}, {tls}, proxyProtocol: {{trustedNetworks: [127.0.0.1/32]}}}}
    - {{{common}, proxyProtocol: {{trustedNetworks: [192.0.2.0/24]}}}}
---
apiVersion: mqttbroker.iotoperations.azure.com/v1
kind: BrokerAuthentication
metadata: {{name: devices}}
spec:
  authenticationMethods:
    - {{method: X509, x509Settings: {{trustedClientCaCert: devices}}}}
)";

}  // namespace

void HandshakeTest::WriteManifest(uint32_t generation) {
  folder_.Replace(
      "ports.yaml",
      fmt::format(
          kManifest,
          fmt::arg("common", fmt::format("port: 0, address: 127.0.0.1, "
                                         "handshakeTimeoutSeconds: {}, maxConnections: {}",
                                         settings_.handshake_timeout_s, 100'000 + generation)),
          fmt::arg("tls", "tls: {mode: Manual, manual: {secretRef: server}}"),
          fmt::arg("origin", kGoodOrigin)));
}

void HandshakeTest::Start(const Ports& ports) {
  settings_ = ports;
  WriteManifest(0);
  folder_.Write("secrets/server/tls.crt", ServerCertificate().pem);
  folder_.Write("secrets/server/tls.key", AsText(ServerCertificate().key.bytes()));
  folder_.Write("configmaps/devices/ca.crt", devices_.pem());
  HostileTest::Start({.limits = ports.limits,
                      .arguments = {"--config", folder_.path(), "--state", folder_ / "state"},
                      .log_level = "info"});
  // A thread of its own writes the log, when it gets to it.
  ASSERT_TRUE(Eventually([&] {
    ports_ = PortsIn(broker().Log());
    return ports_.size() == kPorts + 1;
  })) << broker().Log();
  ports_.erase(ports_.begin());
}

TlsClientOptions HandshakeTest::Device() const {
  return {.certificate = devices_.Issue({.use = CertificateUse::kClient, .name = "device"})};
}

bool HandshakeTest::Logs(std::string_view sentence) {
  return Eventually([&] { return broker().Log().find(sentence) != std::string::npos; });
}

void HandshakeTest::ExpectEnd(SocketClient& client, std::string_view sentence) {
  EXPECT_TRUE(client.ReceiveUntilClosed().has_value()) << sentence;
  EXPECT_TRUE(Logs(sentence)) << sentence << "; log:\n" << broker().Log();
}

void HandshakeTest::ExpectRefused(HostilePort port, ByteView bytes, std::string_view sentence) {
  SocketClient client(PortOf(port));
  EXPECT_TRUE(client.Send(bytes));
  ExpectEnd(client, sentence);
}

void HandshakeTest::Reload() {
  const auto reloads = [&] {
    const std::string log = broker().Log();
    size_t count = 0;
    for (size_t at = 0; (at = log.find("configuration reloaded", at)) != log.npos; ++at) ++count;
    return count;
  };
  const size_t before = reloads();
  WriteManifest(++generation_);
  kill(broker().pid(), SIGHUP);
  EXPECT_TRUE(Eventually([&] { return reloads() > before; })) << broker().Log();
}

std::string ClientHelloBytes(TlsVersion version) {
  return TlsClient({.max_version = version}).TakeOutput();
}

bool OpenWebSocket(SocketClient& client) {
  const std::string answer = websocket::OpeningAnswer();
  return client.Send(AsBytes(websocket::OpeningRequest())) &&
         AsText(client.Receive(answer.size())) == answer;
}

}  // namespace signet
