// What TLS costs the server: the processor time of its side alone, in one thread, without sockets.
// A handshake includes the session's beginning and end and one message of 64 bytes.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <time.h>

#include <string>
#include <vector>

#include "tests/net/tls/tls_pair.h"

namespace signet {
namespace {

constexpr size_t kMessage = 64;
constexpr size_t kMessagesPerRecord = 16;

const TestCa& DeviceCa() {
  static const TestCa ca("Device CA");
  return ca;
}

// Runs what is the server's, and adds up the processor time of this thread: the machine may be busy
// with something else.
class Stopwatch {
 public:
  template <typename Work>
  void Time(Work work) {
    const double begin = Now();
    work();
    total_s_ += Now() - begin;
  }
  double seconds() const { return total_s_; }

 private:
  static double Now() {
    timespec now = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }

  double total_s_ = 0;
};

// A whole connection; the server's seconds, its freeing included.
double Connect(const std::shared_ptr<const TlsContext>& context, const TlsClientOptions& options,
               const TlsClient::SessionPtr& resume, bool expect_resumed) {
  TlsClient client(options, resume);
  Stopwatch watch;
  std::unique_ptr<TlsServer> server;
  watch.Time([&] { server = std::make_unique<TlsServer>(context); });
  for (int i = 0; i < 3; ++i) {
    if (i == 2) client.Write(std::string(kMessage, 'x'));
    const std::string up = client.TakeOutput();
    if (up.empty()) continue;
    std::string down;
    watch.Time([&] {
      server->Feed(AsBytes(up));
      down = server->TakeOutput();
    });
    client.Feed(AsBytes(down));
  }
  CHECK(server->sink().received.size() == kMessage);
  CHECK(server->session().resumed == expect_resumed);
  watch.Time([&] { server.reset(); });
  return watch.seconds();
}

void RunHandshakes(benchmark::State& state, const TlsServerSettings& settings,
                   const TlsClientOptions& options, bool resumed) {
  const auto keys = std::make_shared<TicketKeys>(Instant());
  const auto context = MakeTls(settings, keys);
  TlsClient::SessionPtr session;
  if (resumed) {
    TlsPair first(context, options);
    first.Run();
    first.server.Send("so that the client reads its ticket");
    first.Run();
    session = first.client.Session();
  }
  for (auto _ : state) state.SetIterationTime(Connect(context, options, session, resumed));
  state.counters["per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void BM_Handshake(benchmark::State& state, KeyAlgorithm algorithm, const char* group) {
  RunHandshakes(state, ServerSettings(algorithm), {.groups = group}, false);
}
BENCHMARK_CAPTURE(BM_Handshake, ecdsa_p256_x25519, KeyAlgorithm::kEc256, "X25519")->UseManualTime();
BENCHMARK_CAPTURE(BM_Handshake, ecdsa_p256_p256, KeyAlgorithm::kEc256, "P-256")->UseManualTime();
BENCHMARK_CAPTURE(BM_Handshake, ed25519_x25519, KeyAlgorithm::kEd25519, "X25519")->UseManualTime();
BENCHMARK_CAPTURE(BM_Handshake, rsa2048_x25519, KeyAlgorithm::kRsa2048, "X25519")->UseManualTime();

// The client's chain is a leaf and its intermediate.
void BM_MutualHandshake(benchmark::State& state) {
  const TestCa intermediate("Line 7", DeviceCa());
  TlsClientOptions options{.certificate = intermediate.Issue({.use = CertificateUse::kClient}),
                           .groups = "X25519"};
  options.certificate.pem += intermediate.pem();
  TlsServerSettings settings = ServerSettings();
  settings.client_certificates = ClientCertificates::kRequired;
  settings.client_ca_pem = DeviceCa().pem();
  RunHandshakes(state, settings, options, false);
}
BENCHMARK(BM_MutualHandshake)->UseManualTime();

void BM_ResumedHandshake(benchmark::State& state) {
  RunHandshakes(state, ServerSettings(), {.groups = "X25519"}, true);
}
BENCHMARK(BM_ResumedHandshake)->UseManualTime();

// An open connection, as the benchmarks below need it.
struct OpenPair {
  OpenPair() : pair(MakeTls(ServerSettings())) { CHECK(pair.Run().is_open()); }
  TlsPair pair;
};

std::vector<ByteView> Messages(const std::string& text) {
  return std::vector<ByteView>(kMessagesPerRecord, AsBytes(text));
}

// Sixteen messages of 64 bytes into the output; per message. Plain first, to compare.
void BM_SendPlain(benchmark::State& state) {
  BlockPool pool;
  OutputQueue wire(&pool);
  const std::string text(kMessage, 'x');
  const std::vector<ByteView> messages = Messages(text);
  for (auto _ : state) {
    for (const ByteView message : messages) wire.Append(message);
    benchmark::DoNotOptimize(wire.size());
    wire.Clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kMessagesPerRecord));
}
BENCHMARK(BM_SendPlain);

void BM_SendEncrypted(benchmark::State& state) {
  OpenPair open;
  const std::string text(kMessage, 'x');
  const std::vector<ByteView> messages = Messages(text);
  OutputQueue& wire = open.pair.server.wire();
  for (auto _ : state) {
    open.pair.server.transport().Send(messages, &wire);
    CHECK(wire.size() == kMessage * kMessagesPerRecord + 22);  // One record in TLS 1.3.
    wire.Clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kMessagesPerRecord));
}
BENCHMARK(BM_SendEncrypted);

class Count : public Transport::Sink {
 public:
  void OnPlain(MutableBytes bytes) override { total += bytes.size(); }
  size_t total = 0;
};

// Sixteen records of as many messages, which came together; per message.
void BM_ReceiveEncrypted(benchmark::State& state) {
  constexpr size_t kRecords = 16;
  OpenPair open;
  Count count;
  const std::string text(kMessage * kMessagesPerRecord, 'x');
  for (auto _ : state) {
    for (size_t i = 0; i < kRecords; ++i) open.pair.client.Write(text);
    std::string records = open.pair.client.TakeOutput();
    const MutableBytes bytes(reinterpret_cast<uint8_t*>(records.data()), records.size());
    Stopwatch watch;
    watch.Time([&] {
      CHECK(open.pair.server.transport().Receive(bytes, count, &open.pair.server.wire()).ok());
    });
    state.SetIterationTime(watch.seconds());
  }
  CHECK(count.total == static_cast<size_t>(state.iterations()) * kRecords * text.size());
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kRecords * kMessagesPerRecord));
}
BENCHMARK(BM_ReceiveEncrypted)->UseManualTime();

void ShakeHands(TlsTransport* server, const TlsClientOptions& options) {
  TlsClient client(options);
  BlockPool pool;
  OutputQueue wire(&pool);
  Count count;
  while (!client.is_open() || server->state() != Transport::State::kOpen) {
    std::string up = client.TakeOutput();
    const MutableBytes bytes(reinterpret_cast<uint8_t*>(up.data()), up.size());
    CHECK(server->Receive(bytes, count, &wire).ok());
    for (ByteView down; wire.Gather({&down, 1}, SIZE_MAX) > 0; wire.Consume(down.size())) {
      client.Feed(down);
    }
  }
}

// Bytes of the heap by connection: before it has said anything, then open and idle.
void BM_HeapOfAConnection(benchmark::State& state, ClientCertificates wanted) {
  constexpr size_t kConnections = 500;
  TlsServerSettings settings = ServerSettings();
  settings.client_certificates = wanted;
  settings.client_ca_pem = DeviceCa().pem();
  settings.alpn = {"mqtt"};
  const auto context = MakeTls(settings, std::make_shared<TicketKeys>(Instant()));
  const TlsClientOptions options{.certificate = DeviceCa().Issue({.use = CertificateUse::kClient}),
                                 .server_name = "broker.example",
                                 .alpn = "mqtt"};
  const auto used = [] { return static_cast<double>(mallinfo2().uordblks); };
  double silent = 0;
  double idle = 0;
  for (auto _ : state) {
    std::vector<std::unique_ptr<TlsTransport>> servers(kConnections);
    const double begin = used();
    for (auto& server : servers) server = std::make_unique<TlsTransport>(context);
    silent = used() - begin;
    for (auto& server : servers) ShakeHands(server.get(), options);
    idle = used() - begin;
  }
  state.counters["silent_bytes"] = silent / kConnections;
  state.counters["idle_bytes"] = idle / kConnections;
}
BENCHMARK_CAPTURE(BM_HeapOfAConnection, tls, ClientCertificates::kNone)->Iterations(1);
BENCHMARK_CAPTURE(BM_HeapOfAConnection, mutual_tls, ClientCertificates::kRequired)->Iterations(1);

}  // namespace
}  // namespace signet
