#include "tests/net/http/http_world.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "net/http/steady_clock.h"

namespace signet {
namespace {

// On a busy machine, under sanitizers.
constexpr Duration kPatience = seconds(60);

std::string Source(const char* name) {
  return std::string(SIGNET_SOURCE_DIR "/tests/net/http/") + name;
}

size_t CountEntries(const char* folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

size_t CountThreads() {
  std::thread([] {}).join();  // With the first one, ThreadSanitizer begins one of its own.
  std::this_thread::sleep_for(milliseconds(10));  // It is still counted for a moment.
  return CountEntries("/proc/self/task");
}

void WriteFile(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

void WriteCertificate(const std::filesystem::path& path, const TestCertificate& certificate) {
  WriteFile(path, certificate.pem + std::string(certificate.key.text()));
}

}  // namespace

const HttpServers& HttpServers::Get() {
  static const HttpServers servers;
  return servers;
}

HttpServers::HttpServers()
    : threads_(CountThreads()),
      folder_(MakeFolder()),
      python_({"/usr/bin/python3", "-Wignore", Source("https_server.py"), folder_}),
      node_({SIGNET_NODE, Source("h2_server.js"), folder_}) {
  std::filesystem::remove_all(folder_);  // They have read it.
}

std::filesystem::path HttpServers::MakeFolder() const {
  std::string name = std::filesystem::temp_directory_path() / "signet_http_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) std::abort();
  const std::filesystem::path folder = name;
  const std::vector<std::string> names = {"good.test", "slow.test"};
  WriteFile(folder / "ca.pem", ca_.pem());
  WriteCertificate(folder / "good.pem", ca_.Issue({.name = "good.test", .dns = names}));
  WriteCertificate(folder / "stranger.pem",
                   TestCa("Other CA").Issue({.name = "good.test", .dns = names}));
  WriteCertificate(folder / "expired.pem", ca_.Issue({.name = "good.test",
                                                      .dns = names,
                                                      .not_before_s = WallClock() - 20 * kDay,
                                                      .not_after_s = WallClock() - kDay}));
  return folder;
}

std::string HttpServers::Url(const std::string& server, const std::string& path,
                             const std::string& host) const {
  const uint16_t port = server == "h2" ? node_.port(server) : python_.port(server);
  EXPECT_NE(port, 0) << "no server listens as " << server;
  return fmt::format("https://{}:{}/{}", host, port, path);
}

std::shared_ptr<HttpTrust> HttpServers::Trust() const {
  return std::make_shared<HttpTrust>(HttpTrust{.ca_pem = ca_.pem()});
}

std::shared_ptr<HttpTrust> HttpServers::TrustAs(const std::string& name) const {
  auto trust = Trust();
  TestCertificate client = ca_.Issue({.use = CertificateUse::kClient, .name = name});
  trust->client_chain_pem = client.pem;
  trust->client_key_pem = client.key;
  return trust;
}

FetchLoop::FetchLoop(const CurlFetcher::Bounds& bounds, RingFaults* faults) {
  HttpServers::Get();  // They have descriptors, and tests count these.
  auto ring = Ring::Create({.sq_entries = 64, .cq_entries = 1024, .faults = faults});
  EXPECT_TRUE(ring.ok()) << ring.error().sentence();
  ring_ = std::move(*ring);
  fetcher_ = std::make_unique<CurlFetcher>(ring_.get(), bounds);
}

FetchLoop::~FetchLoop() = default;

void FetchLoop::Turn() {
  ++turns_;
  const Instant before = ReadSteadyClock();
  const Instant next = fetcher_ ? fetcher_->NextDeadline() : Instant::Never();
  Ring::Wait wait;
  if (next > before) {
    wait.completions = 1;
    wait.at_most = std::min<Duration>(next - before, milliseconds(100));
  }
  ring_->Enter(wait);
  ring_->Reap(SIZE_MAX, [this](const Completion& completion) {
    if (fetcher_) fetcher_->OnCompletion(completion);
  });
  if (fetcher_) fetcher_->CheckTime(ReadSteadyClock());
}

bool FetchLoop::TurnUntil(const std::function<bool()>& is_enough) {
  const Instant end = ReadSteadyClock() + kPatience;
  while (!is_enough()) {
    if (ReadSteadyClock() > end) return false;
    Turn();
  }
  return true;
}

std::shared_ptr<std::optional<HttpOutcome>> FetchLoop::Fetch(HttpRequest request) {
  auto outcome = std::make_shared<std::optional<HttpOutcome>>();
  fetcher_->Fetch(std::move(request), [outcome](HttpOutcome result) {
    EXPECT_FALSE(outcome->has_value()) << "it ended twice";
    *outcome = std::move(result);
  });
  EXPECT_FALSE(outcome->has_value()) << "it ended within the call";
  return outcome;
}

HttpOutcome FetchLoop::Ask(HttpRequest request) {
  const auto outcome = Fetch(std::move(request));
  if (!TurnUntil([&] { return outcome->has_value(); })) {
    return HttpFailure{.sentence = "the test has lost its patience"};
  }
  return std::move(**outcome);
}

std::string FetchLoop::AskText(HttpRequest request) {
  const HttpOutcome outcome = Ask(std::move(request));
  return outcome.ok() ? std::string(outcome->body.text()) : "[" + outcome.error().sentence + "]";
}

std::string FetchLoop::AskForFailure(HttpRequest request) {
  const HttpOutcome outcome = Ask(std::move(request));
  return outcome.ok() ? fmt::format("[{}]", outcome->status) : outcome.error().sentence;
}

std::string FetchLoop::ExpectTooLate(const std::function<HttpRequest(Duration)>& make,
                                     std::string_view what) {
  std::string sentence;
  for (const int time_ms : {250, 2500, 25'000}) {
    sentence = AskForFailure(make(milliseconds(time_ms)));
    const std::string within = time_ms % 1000 == 0 ? fmt::format("within {} s", time_ms / 1000)
                                                   : fmt::format("within {} ms", time_ms);
    if (!sentence.ends_with(within)) break;
    if (sentence.find(what) != sentence.npos) return "";
  }
  return sentence;
}

size_t OpenDescriptors() {
  const Instant end = ReadSteadyClock() + kPatience;
  while (CountEntries("/proc/self/task") > HttpServers::Get().threads_ && ReadSteadyClock() < end) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  return CountEntries("/proc/self/fd");
}

HttpRequest RequestFor(const std::string& path, std::shared_ptr<const HttpTrust> trust) {
  return RequestTo("good", path, std::move(trust));
}

HttpRequest RequestTo(const std::string& server, const std::string& path,
                      std::shared_ptr<const HttpTrust> trust) {
  const HttpServers& servers = HttpServers::Get();
  HttpRequest request;
  request.url = servers.Url(server, path);
  request.connect_timeout = kPatience;
  request.timeout = kPatience;
  request.trust = trust ? std::move(trust) : servers.Trust();
  return request;
}

}  // namespace signet
