// Transport: what lies between Paho's socket and MQTT, for both ends: the manifest that the broker
// is started with, and what Paho is told.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/broker_process.h"

namespace signet {

enum class Transport { kTcp, kTls };

// "tcp", "ssl", "ws" or "wss", as Paho's URIs begin.
std::string SchemeOf(Transport transport);
bool IsEncrypted(Transport transport);

// The PEM file with the certificate that the broker shows, which is its own CA; it is for
// 127.0.0.1. Made by the openssl program when it is first asked for, and removed when the test
// program ends.
std::filesystem::path ServerCertificate();

// How to start a broker with one port of this transport; the folder of its manifest goes with this.
class TransportManifest {
 public:
  explicit TransportManifest(Transport transport);
  TransportManifest(const TransportManifest&) = delete;
  TransportManifest& operator=(const TransportManifest&) = delete;
  ~TransportManifest();

  BrokerProcess::Options Options(uint32_t shards) const;

 private:
  std::filesystem::path folder_;  // Empty for TCP, which needs no manifest.
};

}  // namespace signet
