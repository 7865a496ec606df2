// Configuration: all manifests together, references resolved, ready to be put into effect. It is a
// value: two of them can be compared, and what differs is what a reload has to change.
//
// What is wrong with the whole, a mistake in any document, leaves no configuration; on a reload the
// old one stays. What a port refers to and is not there leaves the configuration without that port:
// it is listed with what it waits for, and must not be opened.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config/authentication.h"
#include "core/config/authorization.h"
#include "core/config/broker.h"
#include "core/config/listener.h"
#include "core/config/manifest.h"
#include "core/config/problem.h"
#include "core/config/reader.h"

namespace signet::config {

enum class ClientCertificates : uint8_t {
  kNone,       // X509 is not among the methods.
  kRequested,  // It is one of several.
  kRequired,   // It is the only one.
};

// All that a port's TLS is made from.
struct ResolvedTls {
  // The broker issues the first certificate itself, as said here.
  std::optional<CertificateSettings> automatic;
  // Without `automatic` the first is the port's own; the others are picked by server name.
  std::vector<Certificate> certificates;
  TlsVersion min_version = TlsVersion::k12;
  std::vector<std::string> ciphers;
  std::vector<std::string> groups;
  bool session_tickets = true;  // Never where client certificates are taken.
  ClientCertificates client_certificates = ClientCertificates::kNone;
  std::string client_ca_pem;             // Unless kNone.
  std::vector<std::string> client_crls;  // Each in DER, or any number in PEM.
  friend bool operator==(const ResolvedTls&, const ResolvedTls&) = default;
};

struct ResolvedPort {
  std::string name;  // `LISTENER/PORT` or `LISTENER/PATH`; no two ports have the same.
  std::string listener;
  ServiceType service_type = ServiceType::kClusterIp;
  std::string service_name;
  ListenerPort settings;
  std::optional<ResolvedTls> tls;
  // Not empty: the port must not be opened; each says what is missing.
  std::vector<Problem> waits_for;
  friend bool operator==(const ResolvedPort&, const ResolvedPort&) = default;
};

struct Configuration {
  Broker broker;
  std::vector<ResolvedPort> ports;
  // By name, resolved. Every port that does not wait finds what it refers to here.
  std::map<std::string, BrokerAuthentication, std::less<>> authentications;
  std::map<std::string, BrokerAuthorization, std::less<>> authorizations;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct LoadResult {
  // Absent if there is an error among the problems.
  std::optional<Configuration> configuration;
  // Errors, what ports wait for, and warnings, by file and line.
  std::vector<Problem> problems;
};

// `reader` is asked for files and variables meanwhile.
LoadResult LoadConfiguration(const ConfigSources& sources, ConfigReader* reader);

// What exists without being written down: the BrokerAuthentication `default` (service account
// tokens for the audience aio-internal), unless a document has that name; and the BrokerListener
// `default` (port 18883, TLS Automatic), if there is no BrokerListener at all.
BrokerAuthentication BuiltInAuthentication();
BrokerListener BuiltInListener();

}  // namespace signet::config
