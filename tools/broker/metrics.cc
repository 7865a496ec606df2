#include "tools/broker/metrics.h"

#include <array>
#include <map>
#include <string_view>
#include <variant>

#include "core/base/check.h"
#include "fmt/format.h"
#include "tools/broker/metrics_text.h"

namespace signet {
namespace {

using auth::AuthReport;
using auth::LatencyHistogram;
using auth::MethodCounters;
using auth::Reading;
using auth::ReadingFamily;

void AddShards(const ShardGroup::Sums& sums, MetricsText* text) {
  text->Family("connections", "gauge", "Network Connections that are open.");
  text->Sample({}, sums.connections);
  text->Family("sessions", "gauge", "Sessions, of present and of absent Clients.");
  text->Sample({}, sums.sessions);
  for (const CounterInfo& counter : AllCounters()) {
    text->Family(fmt::format("{}_total", counter.name), "counter", "See core/broker/counters.h.");
    text->Sample({}, sums.core.*counter.value);
  }
  for (const NetCounterInfo& counter : AllNetCounters()) {
    text->Family(fmt::format("net_{}_total", counter.name), "counter", "See net/net_counters.h.");
    text->Sample({}, sums.net.*counter.value);
  }
}

// One value of each method of each port.
struct PerMethod {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  uint64_t MethodCounters::*value;
};
constexpr auto kPerMethod = std::to_array<PerMethod>({
    {"auth_accepted_total", "counter", "Credentials accepted, from the cache or not.",
     &MethodCounters::accepted},
    {"auth_denied_total", "counter", "Credentials refused by a verdict.", &MethodCounters::denied},
    {"auth_failed_total", "counter", "Questions without a verdict: nobody could be asked.",
     &MethodCounters::failed},
    {"auth_cache_hits_total", "counter", "Verdicts that were remembered.",
     &MethodCounters::cache_hits},
    {"auth_merged_total", "counter", "Questions that waited for the verdict about an equal one.",
     &MethodCounters::merged},
    {"auth_sessions", "gauge", "Clients that are in by this method.", &MethodCounters::sessions},
});

void AddLatency(MetricsText::Labels labels, const LatencyHistogram& latency, MetricsText* text) {
  text->Histogram(labels, latency.counts, 1e-6, static_cast<double>(latency.sum) * 1e-6);
}

void AddMethods(const AuthReport& report, MetricsText* text) {
  for (const PerMethod& each : kPerMethod) {
    text->Family(each.name, each.type, each.help);
    for (const AuthReport::Row& row : report.methods) {
      text->Sample({{"listener", row.listener}, {"method", row.method}}, row.counters.*each.value);
    }
  }
  text->Family("auth_latency_seconds", "histogram", "How long it took to judge a credential.");
  for (const AuthReport::Row& row : report.methods) {
    AddLatency({{"listener", row.listener}, {"method", row.method}}, row.counters.latency, text);
  }
}

std::string_view TypeOf(const ReadingFamily& family) {
  switch (family.kind) {
    case ReadingFamily::Kind::kCounter:
      return "counter";
    case ReadingFamily::Kind::kGauge:
      return "gauge";
    case ReadingFamily::Kind::kHistogram:
      return "histogram";
  }
  UNREACHABLE();
}

void AddReading(const AuthReport::Row& row, const Reading& reading, MetricsText* text) {
  const auto add = [&](MetricsText::Labels labels) {
    if (const auto* value = std::get_if<uint64_t>(&reading.value)) {
      text->Sample(labels, *value);
    } else {
      AddLatency(labels, std::get<LatencyHistogram>(reading.value), text);
    }
  };
  if (reading.issuer.empty()) {
    add({{"listener", row.listener}, {"method", row.method}});
  } else {
    add({{"listener", row.listener}, {"method", row.method}, {"issuer", reading.issuer}});
  }
}

// The samples of a family stand together, whichever methods give them.
void AddReadings(const AuthReport& report, MetricsText* text) {
  std::map<std::string_view, const ReadingFamily*> families;
  for (const AuthReport::Row& row : report.methods) {
    for (const Reading& reading : row.readings) {
      families.emplace(reading.family->name, reading.family);
    }
  }
  for (const auto& [name, family] : families) {
    text->Family(name, TypeOf(*family), family->help);
    for (const AuthReport::Row& row : report.methods) {
      for (const Reading& reading : row.readings) {
        if (reading.family == family) AddReading(row, reading, text);
      }
    }
  }
}

void AddAuth(const AuthReport& report, MetricsText* text) {
  text->Family("auth_questions", "gauge", "Clients that wait for a verdict.");
  text->Sample({}, report.questions);
  text->Family("auth_exchanges", "gauge",
               "Clients in the middle of proving themselves in several steps.");
  text->Sample({}, report.exchanges);
  text->Family("auth_grants", "gauge", "Clients that are in with a credential.");
  text->Sample({}, report.grants);
  text->Family("auth_cached_verdicts", "gauge", "Verdicts that are remembered.");
  text->Sample({}, report.cached);
  text->Family("auth_revocations", "gauge", "Credentials that an operator has revoked.");
  text->Sample({}, report.revocations);
  text->Family("auth_not_relevant_total", "counter",
               "Clients refused because no method is for what they presented.");
  text->Sample({}, report.all.not_relevant);
  text->Family("auth_ended_total", "counter", "Clients disconnected because a credential ended.");
  text->Sample({{"cause", "expired"}}, report.all.expired);
  text->Sample({{"cause", "revoked"}}, report.all.revoked);
  text->Sample({{"cause", "withdrawn"}}, report.all.withdrawn);
  text->Sample({{"cause", "operator"}}, report.all.by_operator);
  text->Family("auth_reauthentications_total", "counter", "Re-authentications by their outcome.");
  text->Sample({{"outcome", "accepted"}}, report.all.reauthenticated);
  text->Sample({{"outcome", "refused"}}, report.all.reauthentications_refused);
  text->Sample({{"outcome", "undecided"}}, report.all.reauthentications_undecided);
  text->Family("auth_clock_jumps_total", "counter", "How often the wall clock was set.");
  text->Sample({}, report.all.clock_jumps);
  text->Family("auth_seconds_to_expiry", "histogram",
               "Clients by the seconds that their credential still holds.");
  text->Histogram({}, report.seconds_to_expiry.counts, 1,
                  static_cast<double>(report.seconds_to_expiry.sum));
}

}  // namespace

std::string MetricsOf(const ShardGroup::Sums& sums, const AuthReport& auth) {
  MetricsText text;
  AddShards(sums, &text);
  AddMethods(auth, &text);
  AddReadings(auth, &text);
  AddAuth(auth, &text);
  return text.Take();
}

}  // namespace signet
