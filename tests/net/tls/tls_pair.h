// TlsPair: a TlsTransport and a client that speak to each other in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/block_pool.h"
#include "net/tls/tls_transport.h"
#include "tests/net/tls/tls_client.h"

namespace signet {

// Keeps what the transport gives, and how many times it did.
class PlainSink : public Transport::Sink {
 public:
  void OnPlain(MutableBytes bytes) override {
    received += AsText(bytes);
    ++calls;
  }

  std::string received;
  int calls = 0;
};

// A TlsContext for these settings; that there is one is the test's own business.
std::shared_ptr<const TlsContext> MakeTls(const TlsServerSettings& settings,
                                          std::shared_ptr<const TicketKeys> tickets = nullptr);

// With the certificate for broker.example.
TlsServerSettings ServerSettings(KeyAlgorithm algorithm = KeyAlgorithm::kEc256);

// The server's side with its output.
class TlsServer {
 public:
  explicit TlsServer(std::shared_ptr<const TlsContext> context);

  // All at once, in memory of exactly that size, or in pieces of `segment` bytes.
  void Feed(ByteView bytes, size_t segment = 0);
  void Send(std::string_view plain);
  std::string TakeOutput();

  TlsTransport& transport() { return *transport_; }
  const TlsSession& session() const { return transport_->session(); }
  bool is_open() const { return transport_->state() == Transport::State::kOpen; }
  const Status& status() const { return status_; }
  PlainSink& sink() { return sink_; }
  OutputQueue& wire() { return wire_; }

 private:
  BlockPool pool_;
  OutputQueue wire_{&pool_};
  std::unique_ptr<TlsTransport> transport_;
  PlainSink sink_;
  Status status_;
};

class TlsPair {
 public:
  TlsPair(std::shared_ptr<const TlsContext> context, const TlsClientOptions& options = {},
          TlsClient::SessionPtr resume = nullptr);

  // Until neither has anything to say. `segment` as for TlsServer::Feed.
  TlsPair& Run(size_t segment = 0);
  bool is_open() const { return server.is_open() && client.is_open(); }

  TlsServer server;
  TlsClient client;
};

}  // namespace signet
