// BrokerListener: ports, and what is expected on them. Fields and defaults are those of the field
// table in listener.cc, which docs/CONFIG.md is printed from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/field.h"
#include "core/config/ip_network.h"

namespace signet::config {

enum class ServiceType : uint8_t { kClusterIp, kLoadBalancer, kNodePort };
enum class PortProtocol : uint8_t { kMqtt, kWebSockets };
enum class TlsMode : uint8_t { kAutomatic, kManual };
enum class TlsVersion : uint8_t { k12, k13 };
enum class KeyAlgorithm : uint8_t {
  kEc256,
  kEc384,
  kEc521,
  kEd25519,
  kRsa2048,
  kRsa4096,
  kRsa8192
};
enum class KeyRotation : uint8_t { kAlways, kNever };
enum class IssuerKind : uint8_t { kIssuer, kClusterIssuer };
enum class ProxyVersion : uint8_t { kV1, kV2, kBoth };

struct IssuerReference {
  std::string name;
  IssuerKind kind = IssuerKind::kIssuer;
  std::string group = "cert-manager.io";
  friend bool operator==(const IssuerReference&, const IssuerReference&) = default;
};

struct PrivateKeySettings {
  KeyAlgorithm algorithm = KeyAlgorithm::kEc256;
  KeyRotation rotation = KeyRotation::kAlways;
  friend bool operator==(const PrivateKeySettings&, const PrivateKeySettings&) = default;
};

struct SubjectAlternativeNames {
  std::vector<std::string> dns;
  std::vector<std::string> ip;
  friend bool operator==(const SubjectAlternativeNames&, const SubjectAlternativeNames&) = default;
};

// What a certificate should be that the broker issues itself (tls.mode Automatic).
struct CertificateSettings {
  static constexpr uint64_t kDefaultDurationInSeconds = 90 * 86'400;

  IssuerReference issuer;
  uint64_t duration_s = kDefaultDurationInSeconds;
  // How long before its end it is renewed; a third of the duration if it is not given.
  std::optional<uint64_t> renew_before_s;
  PrivateKeySettings private_key;
  SubjectAlternativeNames san;
  std::string secret_name;
  friend bool operator==(const CertificateSettings&, const CertificateSettings&) = default;
};

// A Secret with tls.crt and tls.key.
struct CertificateReference {
  Reference secret;
  friend bool operator==(const CertificateReference&, const CertificateReference&) = default;
};

struct PortTls {
  TlsMode mode = TlsMode::kAutomatic;
  std::optional<CertificateReference> manual;
  std::optional<CertificateSettings> automatic;
  TlsVersion min_version = TlsVersion::k12;
  std::vector<std::string> ciphers;  // Best first; empty: the broker's own choice.
  std::vector<std::string> groups;
  std::vector<CertificateReference> additional_certificates;
  std::optional<bool> session_tickets;
  Reference client_crl;
  friend bool operator==(const PortTls&, const PortTls&) = default;
};

struct ProxyProtocol {
  ProxyVersion versions = ProxyVersion::kBoth;
  std::vector<std::string> trusted_networks;  // As they are written.
  std::vector<IpNetwork> trusted;             // The same, read.
  friend bool operator==(const ProxyProtocol&, const ProxyProtocol&) = default;
};

struct WebSocketSettings {
  // Empty: any, and none.
  std::vector<std::string> allowed_origins;
  friend bool operator==(const WebSocketSettings&, const WebSocketSettings&) = default;
};

struct UnixSocket {
  std::string path;
  std::string mode = "0660";
  uint32_t mode_bits() const;
  friend bool operator==(const UnixSocket&, const UnixSocket&) = default;
};

struct ListenerPort {
  // Exactly one of the two.
  std::optional<uint64_t> port;  // 0 to 65535; 0: the kernel picks one.
  std::optional<UnixSocket> unix_socket;

  std::string address = "0.0.0.0";
  std::optional<uint64_t> node_port;
  PortProtocol protocol = PortProtocol::kMqtt;
  Reference authentication;  // Empty: there is none.
  Reference authorization;   // Empty: everything is allowed.
  std::optional<PortTls> tls;

  std::optional<uint64_t> max_connections;  // Absent: the broker's limit alone.
  std::optional<uint64_t> connection_rate;  // A second; absent: any.
  std::optional<uint64_t> connection_burst;
  uint64_t handshake_timeout_s = 10;
  std::optional<uint64_t> connect_timeout_s;  // Absent: the limit connect_timeout_s.
  std::optional<ProxyProtocol> proxy_protocol;
  std::optional<WebSocketSettings> web_sockets;
  Origin origin;
  friend bool operator==(const ListenerPort&, const ListenerPort&) = default;
};

struct BrokerListener {
  std::string name;
  Origin origin;
  ServiceType service_type = ServiceType::kClusterIp;
  std::string service_name;  // Empty: the name.
  std::string broker_ref;
  std::vector<ListenerPort> ports;
  friend bool operator==(const BrokerListener&, const BrokerListener&) = default;
};

// Of its `spec`.
extern const FieldTable kBrokerListenerFields;

}  // namespace signet::config
