// ServerCounters: what a method counts of a server that it asks about each client, and how that
// reads from outside. Used on the auth shard's thread alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "auth/readings.h"

namespace signet::auth {

inline constexpr ReadingFamily kServerRequests{
    .name = "auth_server_requests_total",
    .kind = ReadingFamily::Kind::kCounter,
    .help = "Requests to the server that a method asks."};
inline constexpr ReadingFamily kServerRetries{
    .name = "auth_server_retries_total",
    .kind = ReadingFamily::Kind::kCounter,
    .help = "Those of them that were made because the one before had failed."};
inline constexpr ReadingFamily kServerFailures{
    .name = "auth_server_failures_total",
    .kind = ReadingFamily::Kind::kCounter,
    .help = "Requests without an answer, or with one that is no verdict."};
inline constexpr ReadingFamily kServerLatency{
    .name = "auth_server_latency_seconds",
    .kind = ReadingFamily::Kind::kHistogram,
    .help = "How long it took until a request had its answer, or had failed."};
inline constexpr ReadingFamily kServerCircuitOpen{
    .name = "auth_server_circuit_open",
    .kind = ReadingFamily::Kind::kGauge,
    .help = "1 while the server is left alone because it failed; 0 else."};

struct ServerCounters {
  uint64_t requests = 0;
  uint64_t retries = 0;   // Of those.
  uint64_t failures = 0;  // Likewise.
  LatencyHistogram latency;

  // `issuer`: whose server, of a method that asks several; as of Readings::Add().
  void ReportTo(Readings* readings, std::string_view issuer = "") const {
    readings->Add(kServerRequests, requests, issuer);
    readings->Add(kServerRetries, retries, issuer);
    readings->Add(kServerFailures, failures, issuer);
    readings->Add(kServerLatency, latency, issuer);
  }
};

}  // namespace signet::auth
