#include "tests/system/hostile/witness.h"

#include <algorithm>

#include "fmt/format.h"
#include "gtest/gtest.h"

namespace signet {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view kTopic = "witness";
constexpr uint32_t kClientsPerShard = 3;
constexpr std::chrono::milliseconds kPause{4};
// Within that it comes nearly always, and then nothing needs to be known about the machine.
constexpr std::chrono::milliseconds kSoon{50};

}  // namespace

Witness::Witness(const BrokerProcess* broker, uint32_t shards) : broker_(*broker) {
  for (uint32_t i = 0; i < shards * kClientsPerShard; ++i) {
    clients_.emplace_back(broker->port());
    clients_.back().Connect(fmt::format("witness-{}", i));
    clients_.back().Subscribe(std::string(kTopic), QoS::kAtLeastOnce);
  }
}

Witness::~Witness() { End(); }

void Witness::Begin() {
  ending_ = false;
  thread_ = std::thread([this] { Run(); });
}

void Witness::End() {
  if (!thread_.joinable()) return;
  ending_ = true;
  thread_.join();
  EXPECT_FALSE(failed_) << "round " << rounds_ << " of the witness";
  EXPECT_GT(rounds_, 0u);
  Record();
}

bool Witness::Sees(size_t count) const {
  const size_t wanted = rounds_ + count;
  while (rounds_ < wanted && !failed_ && is_running()) std::this_thread::sleep_for(kPause);
  return rounds_ >= wanted;
}

void Witness::Run() {
  while (!ending_ && !failed_) {
    const auto start = steady_clock::now();
    if (Round(rounds_)) {
      latencies_.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start));
      ++rounds_;
    } else {
      failed_ = true;
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::optional<Received> Witness::Next(WireClient& client) const {
  if (std::optional<Received> next = client.Next(kSoon)) return next;
  for (auto waited = kRoundBound; true; waited += kRoundBound) {
    const double denied_before = broker_.DeniedTime();
    std::optional<Received> next = client.Next(kRoundBound);
    const std::chrono::duration<double> denied(broker_.DeniedTime() - denied_before);
    if (next.has_value() || denied < kRoundBound / 2 || waited >= kStarvedBound) return next;
  }
}

bool Witness::Round(size_t number) {
  const std::string payload = fmt::format("{}", number);
  WireClient& publisher = clients_[number % clients_.size()];
  publisher.Publish({.qos = QoS::kAtLeastOnce,
                     .packet_id = static_cast<PacketId>(number % 60'000 + 1),
                     .topic_name = kTopic,
                     .payload = AsBytes(payload)});
  bool acknowledged = false;
  for (WireClient& client : clients_) {
    bool received = false;
    while (!received || (&client == &publisher && !acknowledged)) {
      const std::optional<Received> next = Next(client);
      if (!next.has_value()) return false;
      if (next->type == PacketType::kPuback && &client == &publisher && next->code == 0) {
        acknowledged = true;
      } else if (next->type == PacketType::kPublish && next->payload == payload && !received) {
        received = true;
        client.Send(AckBytes(PacketType::kPuback, next->packet_id));
      } else {
        ADD_FAILURE() << Name(next->type) << " '" << next->payload << "' in round " << number;
        return false;
      }
    }
  }
  return true;
}

void Witness::Record() {
  std::sort(latencies_.begin(), latencies_.end());
  const auto at = [&](size_t percent) {
    return latencies_.empty() ? 0 : latencies_[(latencies_.size() - 1) * percent / 100].count();
  };
  testing::Test::RecordProperty("witness_rounds", std::to_string(rounds_));
  testing::Test::RecordProperty("witness_p50_us", std::to_string(at(50)));
  testing::Test::RecordProperty("witness_p99_us", std::to_string(at(99)));
  testing::Test::RecordProperty("witness_max_us", std::to_string(at(100)));
}

}  // namespace signet
