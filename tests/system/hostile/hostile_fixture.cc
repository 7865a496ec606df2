#include "tests/system/hostile/hostile_fixture.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace signet {

using std::chrono::steady_clock;

void HostileTest::Start(const Setup& setup) {
  BrokerProcess::Options options{.arguments = {"--shards", std::to_string(shards()), "--no-pin",
                                               "--log-level", setup.log_level},
                                 .open_files = setup.open_files};
  for (const std::string& limit : setup.limits) {
    options.arguments.insert(options.arguments.end(), {"--limit", limit});
  }
  options.arguments.insert(options.arguments.end(), setup.arguments.begin(), setup.arguments.end());
  broker_ = std::make_unique<BrokerProcess>(options);
  witness_ = std::make_unique<Witness>(broker_.get(), shards());
  if (setup.witness_begins) {
    witness_->Begin();
    // Until what every broker takes for its first messages is taken.
    EXPECT_TRUE(witness_->Sees(20));
  }
  before_ = broker_->ResidentBytes();
}

void HostileTest::TearDown() {
  if (witness_ == nullptr) return;
  if (witness_->is_running()) {
    EXPECT_TRUE(witness_->Sees(1));
  }
  witness_->End();
  witness_.reset();  // So that the end of the broker has nobody to wait for.
  ExpectServed();
  broker_->Stop();
}

void HostileTest::ExpectServed() {
  WireClient fresh = Connected("fresh");
  fresh.Subscribe("fresh", QoS::kAtLeastOnce);
  fresh.Publish({.topic_name = "fresh", .payload = AsBytes("served")});
  EXPECT_EQ(fresh.Expect(PacketType::kPublish).payload, "served");
}

WireClient HostileTest::Connected(std::string_view client_id) {
  WireClient client(port());
  client.Connect(client_id);
  return client;
}

uint8_t HostileTest::Publish1(WireClient& client, PublishView publish) {
  publish.qos = QoS::kAtLeastOnce;
  publish.packet_id = 1;
  client.Publish(publish);
  return client.Expect(PacketType::kPuback).code;
}

void HostileTest::ExpectPeakGrowthWithin(uint64_t bytes) {
  const uint64_t peak = broker_->PeakResidentBytes();
  const uint64_t growth = peak - std::min(peak, before_);
  RecordProperty("peak_growth_kib", std::to_string(growth / kKiB));
  if (!kSanitized) {
    EXPECT_LE(growth, bytes);
  }
}

double HostileTest::CostOf(const std::function<void()>& work) {
  const bool watching = witness_->is_running();
  if (watching) witness_->End();
  const double before = broker_->ProcessorTime();
  work();
  // Until the broker has come to rest: it may go on after its clients.
  double cost = -1;
  EXPECT_TRUE(Eventually([&] {
    const double last = std::exchange(cost, broker_->ProcessorTime() - before);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return cost - last < 0.001;
  }));
  if (watching) witness_->Begin();
  return cost;
}

void HostileTest::ExpectLinear(double quarter, double whole) {
  constexpr double kMeasurable = 0.005;
  const double ratio = whole / std::max(quarter, kMeasurable);
  RecordProperty("cost_ms", fmt::format("{:.0f} {:.0f}", quarter * 1e3, whole * 1e3));
  EXPECT_LT(ratio, 10) << quarter << " s, then " << whole << " s";
}

bool Eventually(const std::function<bool()>& done, std::chrono::milliseconds patience) {
  const auto end = steady_clock::now() + patience;
  while (!done()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

size_t Sockets(size_t wanted) {
  constexpr rlim_t kOthers = 200;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return std::min<size_t>(wanted, limit.rlim_cur - std::min(limit.rlim_cur / 2, kOthers));
}

bool IsClosed(SocketClient& client) {
  return client.ReceiveUntilClosed(std::chrono::milliseconds(0)).has_value();
}

}  // namespace signet
