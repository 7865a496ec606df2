#include "tests/net/tls/tls_pair.h"

#include <algorithm>

#include "tests/support/bytes.h"

namespace signet {

std::shared_ptr<const TlsContext> MakeTls(const TlsServerSettings& settings,
                                          std::shared_ptr<const TicketKeys> tickets) {
  auto context = TlsContext::Create(settings, std::move(tickets), WallClock());
  if (!context.ok()) {
    std::fprintf(stderr, "%s\n", context.error().sentence().c_str());
    std::abort();
  }
  return *context;
}

TlsServerSettings ServerSettings(KeyAlgorithm algorithm) {
  return {.identities = {IdentityOf(ServerCertificate(algorithm))}};
}

TlsServer::TlsServer(std::shared_ptr<const TlsContext> context)
    : transport_(std::make_unique<TlsTransport>(std::move(context))) {}

void TlsServer::Feed(ByteView bytes, size_t segment) {
  while (!bytes.empty() && status_.ok()) {
    const size_t size = std::min(segment == 0 ? bytes.size() : segment, bytes.size());
    std::vector<uint8_t> piece(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    piece.shrink_to_fit();
    status_ = transport_->Receive(piece, sink_, &wire_);
    bytes = bytes.subspan(size);
  }
}

void TlsServer::Send(std::string_view plain) {
  const ByteView piece = AsBytes(plain);
  transport_->Send({&piece, 1}, &wire_);
}

std::string TlsServer::TakeOutput() {
  std::string output;
  ByteView view;
  while (wire_.Gather({&view, 1}, SIZE_MAX) > 0) {
    output += AsText(view);
    wire_.Consume(view.size());
  }
  return output;
}

TlsPair::TlsPair(std::shared_ptr<const TlsContext> context, const TlsClientOptions& options,
                 TlsClient::SessionPtr resume)
    : server(std::move(context)), client(options, std::move(resume)) {}

TlsPair& TlsPair::Run(size_t segment) {
  for (;;) {
    const std::string up = client.TakeOutput();
    server.Feed(AsBytes(up), segment);
    const std::string down = server.TakeOutput();
    client.Feed(AsBytes(down));
    if (up.empty() && down.empty()) return *this;
  }
}

}  // namespace signet
