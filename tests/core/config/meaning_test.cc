// The documents in full/, value by value: each field ends where its name says.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/config/manifest.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

Manifests ReadFull(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(SIGNET_FULL_DIR "/" + name).rdbuf();
  ConfigSources sources;
  sources.manifests.push_back({.name = name, .text = SecretBytes(text.str())});
  FakeReader reader;
  reader.variables["CUSTOM_TOKEN"] = "a token";
  Problems problems;
  Manifests manifests = ReadManifests(sources, &reader, &problems);
  EXPECT_FALSE(problems.has_errors()) << name;
  return manifests;
}

using Texts = std::vector<std::string>;

TEST(Meaning, OfABroker) {
  const Broker broker = ReadFull("broker.yaml").brokers.at(0);
  const ClientLimits& clients = broker.advanced.clients;
  EXPECT_EQ(clients.max_session_expiry_s, 3600);
  EXPECT_EQ(clients.max_message_expiry_s, 600);
  EXPECT_EQ(clients.max_packet_bytes, 65'536);
  EXPECT_EQ(clients.max_receive_maximum, 15);
  EXPECT_EQ(clients.max_keep_alive_s, 300);
  EXPECT_EQ(clients.queue->length, 1000);
  EXPECT_EQ(clients.queue->strategy, QueueStrategy::kDropOldest);
  EXPECT_EQ(broker.log_level(), LogLevel::kWarning);
  EXPECT_EQ(broker.diagnostics.logs.format, LogFormatName::kJson);
  EXPECT_EQ(broker.memory_profile, MemoryProfile::kLow);
  EXPECT_EQ(broker.shards, 2);
  EXPECT_EQ(broker.auth_shards, 3);
  EXPECT_EQ(broker.limits, (NumberByName{{"connections", 5000}, {"packet_bytes", 32'768}}));
}

TEST(Meaning, OfAListener) {
  const BrokerListener listener = ReadFull("listener.yaml").listeners.at(0);
  EXPECT_EQ(listener.name, "plant");
  EXPECT_EQ(listener.broker_ref, "default");
  EXPECT_EQ(listener.service_type, ServiceType::kNodePort);
  EXPECT_EQ(listener.service_name, "plant-service");
  ASSERT_EQ(listener.ports.size(), 3u);
}

TEST(Meaning, OfAPort) {
  const ListenerPort port = ReadFull("listener.yaml").listeners.at(0).ports.at(0);
  EXPECT_EQ(port.port, 8883);
  EXPECT_FALSE(port.unix_socket);
  EXPECT_EQ(port.address, "192.0.2.7");
  EXPECT_EQ(port.node_port, 30'000);
  EXPECT_EQ(port.protocol, PortProtocol::kWebSockets);
  EXPECT_EQ(port.authentication.name, "who");
  EXPECT_EQ(port.authentication.origin.line, 14u);
  EXPECT_EQ(port.authorization.name, "what");
  EXPECT_EQ(port.max_connections, 100);
  EXPECT_EQ(port.connection_rate, 50);
  EXPECT_EQ(port.connection_burst, 20);
  EXPECT_EQ(port.handshake_timeout_s, 3);
  EXPECT_EQ(port.connect_timeout_s, 4);
  EXPECT_EQ(port.proxy_protocol->versions, ProxyVersion::kV2);
  EXPECT_EQ(port.proxy_protocol->trusted_networks, (Texts{"10.0.0.0/8", "fd00::/8"}));
  EXPECT_EQ(port.web_sockets->allowed_origins, Texts{"https://plant.example"});
}

TEST(Meaning, OfTls) {
  const std::vector<ListenerPort> ports = ReadFull("listener.yaml").listeners.at(0).ports;
  const PortTls& manual = *ports.at(0).tls;
  EXPECT_EQ(manual.mode, TlsMode::kManual);
  EXPECT_EQ(manual.manual->secret.name, "edge");
  EXPECT_FALSE(manual.automatic);
  EXPECT_EQ(manual.min_version, TlsVersion::k13);
  EXPECT_EQ(manual.ciphers, Texts{"TLS_AES_256_GCM_SHA384"});
  EXPECT_EQ(manual.groups, (Texts{"P-384", "X25519"}));
  EXPECT_EQ(manual.additional_certificates.at(0).secret.name, "other");
  EXPECT_EQ(manual.session_tickets, false);
  EXPECT_EQ(manual.client_crl.name, "revoked");

  const PortTls& automatic = *ports.at(1).tls;
  EXPECT_EQ(automatic.mode, TlsMode::kAutomatic);
  EXPECT_FALSE(automatic.manual);
  EXPECT_EQ(automatic.min_version, TlsVersion::k12);
  EXPECT_FALSE(automatic.session_tickets);
  const CertificateSettings& certificate = *automatic.automatic;
  EXPECT_EQ(certificate.issuer.name, "issuer");
  EXPECT_EQ(certificate.issuer.kind, IssuerKind::kClusterIssuer);
  EXPECT_EQ(certificate.issuer.group, "example.org");
  EXPECT_EQ(certificate.duration_s, 48u * 3600);
  EXPECT_EQ(certificate.renew_before_s, 12u * 3600 + 30 * 60);
  EXPECT_EQ(certificate.private_key.algorithm, KeyAlgorithm::kEd25519);
  EXPECT_EQ(certificate.private_key.rotation, KeyRotation::kNever);
  EXPECT_EQ(certificate.san.dns, Texts{"broker.plant.example"});
  EXPECT_EQ(certificate.san.ip, (Texts{"192.0.2.7", "2001:db8::1"}));
  EXPECT_EQ(certificate.secret_name, "written");

  EXPECT_FALSE(ports.at(2).port);
  EXPECT_EQ(ports.at(2).unix_socket->path, "/run/signet/mqtt.sock");
  EXPECT_EQ(ports.at(2).unix_socket->mode_bits(), 0600u);
}

TEST(Meaning, OfACustomServer) {
  const BrokerAuthentication who = ReadFull("authentication.yaml").authentications.at(0);
  EXPECT_EQ(who.expiry_notice, ExpiryNotice::kDisconnect);
  const AuthenticationMethod& method = who.methods.at(0);
  EXPECT_EQ(method.name, AuthenticationMethodName::kCustom);
  const CustomSettings& custom = *method.custom;
  EXPECT_EQ(custom.endpoint, "https://auth.plant.example:8443/path");
  EXPECT_EQ(custom.ca_cert_config_map.name, "custom-ca");
  EXPECT_EQ(custom.auth->x509->secret.name, "broker-certificate");
  EXPECT_EQ(custom.headers.at("x-plant").text(), "seven");
  EXPECT_EQ(custom.headers.at("authorization").text(), "a token");
  EXPECT_EQ(custom.timeout_s, 3u);
  EXPECT_EQ(custom.connect_timeout_s, 2u);
  EXPECT_EQ(custom.retries, 4u);
  EXPECT_EQ(custom.max_connections, 16u);
  EXPECT_EQ(custom.max_pending_requests, 500u);
  EXPECT_EQ(custom.circuit_breaker.failures, 7u);
  EXPECT_EQ(custom.circuit_breaker.open_s, 11u);
  EXPECT_EQ(custom.method_encoding, MethodEncoding::kBase64);
  EXPECT_TRUE(custom.send_client_id && custom.send_peer_address && custom.send_listener);
  EXPECT_TRUE(custom.not_relevant_answer);
}

TEST(Meaning, OfServiceAccountTokens) {
  const BrokerAuthentication who = ReadFull("authentication.yaml").authentications.at(0);
  const ServiceAccountTokenSettings& reviewed = *who.methods.at(1).service_account_token;
  EXPECT_EQ(reviewed.audiences, (Texts{"plant", "aio-internal"}));
  EXPECT_EQ(reviewed.validation, TokenValidation::kTokenReview);
  EXPECT_EQ(reviewed.server, "https://192.0.2.1:6443");
  EXPECT_EQ(reviewed.ca_file, "/etc/kubernetes/ca.crt");
  EXPECT_EQ(reviewed.token_file, "/var/lib/token");
  EXPECT_EQ(reviewed.recheck_s, 600);
  EXPECT_EQ(reviewed.timeout_s, 4u);
  EXPECT_TRUE(reviewed.username_form);
  const ServiceAccountTokenSettings& offline = *who.methods.at(2).service_account_token;
  EXPECT_EQ(offline.validation, TokenValidation::kOffline);
  EXPECT_EQ(offline.issuer, "https://kubernetes.plant.example");
  EXPECT_FALSE(offline.recheck_s);
}

TEST(Meaning, OfCertificatesAndPasswords) {
  const BrokerAuthentication who = ReadFull("authentication.yaml").authentications.at(0);
  const X509Settings& x509 = *who.methods.at(3).x509;
  EXPECT_EQ(x509.trusted_client_ca_cert.name, "plant-ca");
  EXPECT_EQ(x509.authorization_attributes.at("pump").subject, "CN = pump-7, OU = Line 2, C = DE");
  EXPECT_EQ(x509.authorization_attributes.at("pump").attributes,
            (TextByName{{"line", "2"}, {"role", "pump"}}));
  EXPECT_EQ(x509.additional_validation, AdditionalValidation::kNone);
  EXPECT_EQ(x509.client_crl.name, "plant-crl");
  const PasswordSettings& password = *who.methods.at(5).password;
  EXPECT_EQ(password.users_secret.name, "users");
  EXPECT_FALSE(password.scram);
  EXPECT_EQ(password.throttle.failures, 3u);
  EXPECT_EQ(password.throttle.window_s, 20u);
  EXPECT_EQ(password.throttle.block_s, 40u);
  EXPECT_EQ(who.methods.at(6).password->users_file.name, "users.txt");
}

TEST(Meaning, OfJsonWebTokens) {
  const BrokerAuthentication who = ReadFull("authentication.yaml").authentications.at(0);
  const JwtSettings& jwt = *who.methods.at(4).jwt;
  EXPECT_EQ(jwt.from, (std::vector<TokenSource>{TokenSource::kUsername,
                                                TokenSource::kEnhancedAuthentication}));
  EXPECT_EQ(jwt.enhanced_methods, Texts{"PLANT-JWT"});
  EXPECT_EQ(jwt.algorithms, (std::vector<JwtAlgorithm>{JwtAlgorithm::kEs256, JwtAlgorithm::kEdDsa,
                                                       JwtAlgorithm::kHs512}));
  EXPECT_EQ(jwt.issuers.at(0).issuer, "https://login.plant.example");
  EXPECT_EQ(jwt.issuers.at(0).audiences, Texts{"mqtt"});
  EXPECT_TRUE(jwt.issuers.at(0).discovery);
  EXPECT_EQ(jwt.issuers.at(0).ca_cert_config_map.name, "login-ca");
  EXPECT_EQ(jwt.issuers.at(1).jwks_uri, "https://keys.plant.example/jwks");
  EXPECT_EQ(jwt.issuers.at(2).public_keys_config_map.name, "keys");
  EXPECT_EQ(jwt.issuers.at(2).hmac_secret.name, "secrets");
  EXPECT_EQ(jwt.issuers.at(2).hmac_encoding, SecretEncoding::kBase64);
  EXPECT_EQ(jwt.introspection->endpoint, "https://login.plant.example/introspect");
  EXPECT_EQ(jwt.introspection->client_id, "broker");
  EXPECT_EQ(jwt.introspection->client_secret.name, "introspection");
  EXPECT_EQ(jwt.introspection->ca_cert_config_map.name, "login-ca");
  EXPECT_EQ(jwt.introspection->timeout_s, 3u);
  EXPECT_EQ(jwt.introspection->cache_s, 30u);
  EXPECT_EQ(jwt.jwks.refresh_s, 120u);
  EXPECT_EQ(jwt.jwks.unknown_kid_floor_s, 30u);
  EXPECT_EQ(jwt.jwks.stale_s, 7200u);
  EXPECT_EQ(jwt.jwks.timeout_s, 4u);
  EXPECT_FALSE(jwt.require_exp);
  EXPECT_EQ(jwt.leeway_s, 5u);
  EXPECT_EQ(jwt.verify_claims, (TextByName{{"azp", "plant"}}));
  EXPECT_EQ(jwt.username_claim, "preferred_username");
  EXPECT_EQ(jwt.client_id_claim, "cid");
  EXPECT_EQ(jwt.attribute_claims, (TextByName{{"line", "plant_line"}}));
  EXPECT_EQ(jwt.acl_claim, "rights");
}

TEST(Meaning, OfAnAuthorization) {
  const BrokerAuthorization what = ReadFull("authorization.yaml").authorizations.at(0);
  EXPECT_EQ(what.listener_ref, "plant");
  EXPECT_FALSE(what.cache());
  EXPECT_EQ(what.policies.on_change, PolicyChange::kDisconnect);
  const AuthorizationRule& rule = what.policies.rules.at(0);
  EXPECT_EQ(rule.origin.line, 11u);
  EXPECT_EQ(rule.principals.usernames, Texts{"historian"});
  EXPECT_EQ(rule.principals.client_ids, (Texts{"client-1", "client-2"}));
  EXPECT_EQ(rule.principals.attributes,
            (std::vector<TextByName>{{{"line", "L1"}, {"role", "sensor"}}, {{"line", "L2"}}}));
  EXPECT_EQ(rule.broker_resources.at(0).method, BrokerMethod::kConnect);
  EXPECT_EQ(rule.broker_resources.at(0).client_ids, Texts{"{principal.attributes.line}*"});
  EXPECT_EQ(rule.broker_resources.at(1).method, BrokerMethod::kPublish);
  EXPECT_EQ(rule.broker_resources.at(2).method, BrokerMethod::kSubscribe);
  EXPECT_EQ(rule.broker_resources.at(2).topics, (Texts{"lines/+/cmd/#", "{principal.username}"}));
  EXPECT_EQ(rule.state_store_resources.at(0).method, StateStoreMethod::kReadWrite);
  EXPECT_EQ(rule.state_store_resources.at(1).key_type, KeyType::kBinary);
  EXPECT_FALSE(ReadFull("old_authorization.yaml").authorizations.at(0).cache());
}

TEST(Meaning, OfValues) {
  const KeyedValues secret = ReadFull("secret.yaml").secrets.at(0);
  EXPECT_EQ(secret.values.at("a").bytes.text(), std::string_view("\0\1\2", 3));
  EXPECT_EQ(secret.values.at("b").bytes.text(), "c");
  const KeyedValues map = ReadFull("config_map.yaml").config_maps.at(0);
  EXPECT_EQ(map.values.at("a").bytes.text(), "b");
  EXPECT_EQ(map.values.at("c").bytes.text(), std::string_view("\0\1\2", 3));
}

}  // namespace
}  // namespace signet::config
