// A TlsTransport and whatever comes to it. The first byte says what the rest is.
//
// Bit 0 clear: bytes as they come from the wire, in pieces of the size that the second byte says.
// Bit 0 set: what is done to the bytes of a real client on their way: a list of a flight's number,
// a place in it (two bytes), and what is xored to the byte there; 0xff as the number inserts the
// rest behind the handshake. Bit 1: TLS 1.2 at most. Bits 2 and 3: client certificates.
//
// Whatever is done: what the server takes for plain bytes is what the client has written, or the
// beginning of it; and once there is an error no more comes.
#include <map>

#include "core/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "tests/net/tls/tls_pair.h"

namespace signet::fuzz::tls_fuzz {
namespace {

constexpr std::string_view kWritten = "what the client writes once its handshake is done";

const TestCa& DeviceCa() {
  static const TestCa ca("Device CA");
  return ca;
}

const std::shared_ptr<const TlsContext>& ContextFor(ClientCertificates wanted) {
  static std::map<ClientCertificates, std::shared_ptr<const TlsContext>> made;
  std::shared_ptr<const TlsContext>& context = made[wanted];
  if (context == nullptr) {
    TlsServerSettings settings = ServerSettings();
    settings.alpn = {"mqtt"};
    settings.client_certificates = wanted;
    settings.client_ca_pem = DeviceCa().pem();
    context = MakeTls(settings, std::make_shared<TicketKeys>(Instant()));
  }
  return context;
}

void Pieces(TlsServer* server, Input input) {
  const size_t segment = input.Byte();
  server->Feed(input.Rest(), segment);
  CHECK(!server->is_open());  // Nobody can finish a handshake without knowing what we answered.
  CHECK(server->sink().received.empty());
}

// What is to be done to which flight.
struct Changes {
  std::multimap<uint8_t, std::pair<size_t, uint8_t>> xored;
  std::string inserted;
};

Changes ReadChanges(Input* input) {
  Changes changes;
  while (!input->empty()) {
    const uint8_t flight = input->Byte();
    if (flight == 0xff) {
      changes.inserted = AsText(input->Rest());
      break;
    }
    const size_t place = size_t{input->Byte()} << 8;
    changes.xored.emplace(flight & 3, std::pair(place | input->Byte(), input->Byte()));
  }
  return changes;
}

void Between(TlsServer* server, TlsVersion version, const TestCertificate& certificate,
             const Changes& changes) {
  TlsClient client({.max_version = version,
                    .certificate = certificate,
                    .server_name = "broker.example",
                    .alpn = "mqtt"});
  for (uint8_t flight = 0; flight < 4; ++flight) {
    if (flight == 3 && client.is_open()) client.Write(kWritten);
    std::string up = client.TakeOutput();
    const auto [begin, end] = changes.xored.equal_range(flight);
    for (auto change = begin; change != end && !up.empty(); ++change) {
      char& byte = up[change->second.first % up.size()];
      byte = static_cast<char>(byte ^ change->second.second);
    }
    server->Feed(AsBytes(up), flight == 2 ? 7 : 0);
    if (flight == 2) server->Feed(AsBytes(changes.inserted));
    const std::string down = server->TakeOutput();
    client.Feed(AsBytes(down));
  }
  CHECK(kWritten.starts_with(server->sink().received));
  if (changes.xored.empty() && changes.inserted.empty()) {
    CHECK(server->sink().received == kWritten);
  }
}

void Play(Input input) {
  const uint8_t choice = input.Byte();
  const auto wanted = static_cast<ClientCertificates>((choice >> 2 & 3) % 3);
  TlsServer server(ContextFor(wanted));
  if ((choice & 1) == 0) return Pieces(&server, input);
  static const TestCertificate device = DeviceCa().Issue({.use = CertificateUse::kClient});
  const TlsVersion version = (choice & 2) != 0 ? TlsVersion::k12 : TlsVersion::k13;
  Between(&server, version, device, ReadChanges(&input));
}

}  // namespace

FUZZ_TARGET(tls) {
  Play({data, size});
  return 0;
}

}  // namespace signet::fuzz::tls_fuzz
