// What it costs to ask whether a client may publish, under policies of so many rules: decided anew,
// and remembered. The rules have one topic for each line of a plant, and are for the sensors of
// that line; the clients go round the lines, so that no two decisions in a row are the same.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/policy/policy_authorizer.h"
#include "core/base/check.h"

namespace signet {
namespace {

constexpr size_t kClients = 64;

std::shared_ptr<const auth::AccessPolicy> PolicyWith(int64_t rules) {
  config::BrokerAuthorization settings;
  for (int64_t i = 0; i < rules; ++i) {
    config::AuthorizationRule& rule = settings.policies.rules.emplace_back();
    config::TextByName& map = rule.principals.attributes.emplace_back();
    map["line"] = fmt::format("L{}", i);
    map["role"] = "sensor";
    config::BrokerResource& resource = rule.broker_resources.emplace_back();
    resource.method = config::BrokerMethod::kPublish;
    resource.topics = {"lines/{principal.attributes.line}/+/data"};
  }
  return auth::AccessPolicy::Compile(std::move(settings));
}

struct Sensor {
  Principal principal;
  std::string client_id;
  std::string topic;
};

std::vector<Sensor> Sensors() {
  std::vector<Sensor> sensors(kClients);
  for (size_t i = 0; i < kClients; ++i) {
    sensors[i].principal.username = "sensor";
    sensors[i].principal.attributes = {{"line", fmt::format("L{}", i)}, {"role", "sensor"}};
    sensors[i].principal.stamp = i + 1;
    sensors[i].client_id = fmt::format("sensor-{}", i);
    sensors[i].topic = fmt::format("lines/L{}/sensor-{}/data", i, i);
  }
  return sensors;
}

void BM_Decide(benchmark::State& state) {
  const auto policy = PolicyWith(state.range(0));
  const std::vector<Sensor> sensors = Sensors();
  size_t allowed = 0;
  for (size_t i = 0; auto _ : state) {
    const Sensor& sensor = sensors[i++ % kClients];
    allowed += policy->Allows({.principal = sensor.principal, .client_id = sensor.client_id},
                              Action::kPublish, sensor.topic)
                   ? 1U
                   : 0U;
  }
  CHECK(allowed == static_cast<size_t>(state.iterations()));
  state.counters["bytes_a_rule"] =
      static_cast<double>(policy->bytes()) / static_cast<double>(state.range(0));
}
BENCHMARK(BM_Decide)->Arg(100)->Arg(10'000);

void BM_Remembered(benchmark::State& state) {
  auth::PolicyAuthorizer authorizer(PolicyWith(state.range(0)));
  const std::vector<Sensor> sensors = Sensors();
  for (size_t i = 0; auto _ : state) {
    const Sensor& sensor = sensors[i++ % kClients];
    CHECK(authorizer.Allows(sensor.principal, sensor.client_id, Action::kPublish, sensor.topic,
                            {.qos = QoS::kAtLeastOnce}));
  }
  CHECK(authorizer.decided() - authorizer.remembered() <= kClients);
}
BENCHMARK(BM_Remembered)->Arg(10'000);

}  // namespace
}  // namespace signet
