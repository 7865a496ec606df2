#include "core/config/configuration.h"

#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

std::string Authentication(std::string_view name, std::string_view methods) {
  return fmt::format(
      "---\napiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: {}}}\nspec:\n"
      "  authenticationMethods: [{}]\n",
      kGroup, name, methods);
}

constexpr std::string_view kX509 = "{method: X509}";
constexpr std::string_view kTokens =
    "{method: ServiceAccountToken, serviceAccountTokenSettings: {audiences: [a]}}";
constexpr std::string_view kManual = "tls: {mode: Manual, manual: {secretRef: edge}}";

// The only port of a configuration that has no error.
ResolvedPort OnlyPort(const LoadResult& result) {
  EXPECT_TRUE(result.configuration) << ProblemsOf(result);
  if (!result.configuration) return {};
  EXPECT_EQ(result.configuration->ports.size(), 1u);
  return result.configuration->ports.at(0);
}

// The problems of a configuration that is refused.
std::string Refusal(const std::string& text) {
  const LoadResult result = Load(text);
  EXPECT_FALSE(result.configuration);
  return ProblemsOf(result);
}

TEST(Configuration, WithoutAnyDocumentHasTheDefaultListener) {
  const LoadResult result = Load("");
  EXPECT_EQ(ProblemsOf(result), "");
  const ResolvedPort port = OnlyPort(result);
  EXPECT_EQ(port.name, "default/18883");
  EXPECT_EQ(port.service_type, ServiceType::kClusterIp);
  EXPECT_EQ(port.service_name, "aio-broker");
  EXPECT_EQ(port.settings.authentication.name, "default");
  EXPECT_TRUE(port.settings.authorization.empty());
  ASSERT_TRUE(port.tls);
  ASSERT_TRUE(port.tls->automatic);
  EXPECT_EQ(port.tls->automatic->private_key.algorithm, KeyAlgorithm::kEc256);
  EXPECT_EQ(port.tls->automatic->private_key.rotation, KeyRotation::kAlways);
  EXPECT_TRUE(port.waits_for.empty());
  EXPECT_EQ(result.configuration->authentications.at("default"), BuiltInAuthentication());
}

TEST(Configuration, WithAListenerHasNoDefaultListener) {
  EXPECT_EQ(OnlyPort(Load(Listener("{port: 1883}"))).name, "plant/1883");
}

TEST(Configuration, ADocumentReplacesTheBuiltInAuthentication) {
  const LoadResult result = Load(Authentication("default", kTokens) +
                                 Listener("{port: 1883, authenticationRef: default}"));
  ASSERT_TRUE(result.configuration) << ProblemsOf(result);
  const auto& methods = result.configuration->authentications.at("default").methods;
  EXPECT_EQ(methods.at(0).service_account_token->audiences, std::vector<std::string>{"a"});
}

TEST(Configuration, APortWaitsForItsAuthentication) {
  const LoadResult result = Load(Listener("{port: 1883, authenticationRef: nobody}"));
  EXPECT_EQ(ProblemsOf(result),
            "a.yaml:6: waiting: there is no BrokerAuthentication nobody: port plant/1883 is not "
            "opened");
  EXPECT_EQ(OnlyPort(result).waits_for.size(), 1u);
}

TEST(Configuration, APortWaitsForItsAuthorization) {
  const LoadResult result =
      Load(Listener("{port: 1883, authenticationRef: default, authorizationRef: nothing}"));
  EXPECT_EQ(ProblemsOf(result),
            "a.yaml:6: waiting: there is no BrokerAuthorization nothing: port plant/1883 is not "
            "opened");
  EXPECT_EQ(OnlyPort(result).waits_for.size(), 1u);
}

TEST(Configuration, AnAuthorizationAloneIsLoud) {
  const LoadResult result =
      Load(Listener("{port: 1883, authorizationRef: line}") +
           fmt::format("---\napiVersion: {}\nkind: BrokerAuthorization\nmetadata: {{name: line}}\n"
                       "spec: {{authorizationPolicies: {{rules: []}}}}\n",
                       kGroup));
  EXPECT_EQ(ProblemsOf(result),
            "a.yaml:6: warning: spec.ports[0]: authorizationRef without authenticationRef is not "
            "applied: whoever reaches this port may do everything");
  EXPECT_TRUE(OnlyPort(result).waits_for.empty());
}

TEST(Configuration, AnAuthorizationThatIsThereIsNoProblem) {
  const LoadResult result =
      Load(Listener("{port: 1883, authenticationRef: default, authorizationRef: line}") +
           fmt::format("---\napiVersion: {}\nkind: BrokerAuthorization\nmetadata: {{name: line}}\n"
                       "spec: {{authorizationPolicies: {{rules: []}}}}\n",
                       kGroup));
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_TRUE(OnlyPort(result).waits_for.empty());
}

TEST(Configuration, APortWaitsForItsCertificate) {
  const std::string listener = Listener(fmt::format("{{port: 8883, {}}}", kManual));
  const LoadResult waiting = Load(listener);
  EXPECT_EQ(ProblemsOf(waiting),
            "a.yaml:6: waiting: there is no Secret edge: port plant/8883 is not opened");
  EXPECT_EQ(OnlyPort(waiting).waits_for.size(), 1u);

  const LoadResult there = Load(listener + TlsSecret("edge"));
  EXPECT_EQ(ProblemsOf(there), "");
  const ResolvedPort port = OnlyPort(there);
  ASSERT_TRUE(port.tls);
  EXPECT_FALSE(port.tls->automatic);
  ASSERT_EQ(port.tls->certificates.size(), 1u);
  EXPECT_EQ(port.tls->certificates[0].name, "Secret edge");
  EXPECT_TRUE(port.tls->certificates[0].chain_pem.starts_with("-----BEGIN CERTIFICATE-----\nedge"));
  EXPECT_TRUE(port.tls->certificates[0].key_pem.text().starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST(Configuration, APortWaitsForAKeyOfItsSecret) {
  const LoadResult result =
      Load(Listener(fmt::format("{{port: 8883, {}}}", kManual)) +
           "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData:\n"
           "  tls.crt: '-----BEGIN CERTIFICATE-----'\n");
  EXPECT_EQ(ProblemsOf(result),
            "a.yaml:6: waiting: Secret edge has no key tls.key: port plant/8883 is not opened");
}

TEST(Configuration, APortWaitsForAFileThatItsSecretRefersTo) {
  const std::string text =
      Listener(fmt::format("{{port: 8883, {}}}", kManual)) +
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData:\n"
      "  tls.crt: file:edge.crt\n  tls.key: ${EDGE_KEY}\n";
  FakeReader reader;
  EXPECT_EQ(ProblemsOf(Load(text, &reader)),
            "a.yaml:12: waiting: Secret edge, key tls.crt: the file \"edge.crt\" does not exist: "
            "port plant/8883 is not opened\n"
            "a.yaml:13: waiting: Secret edge, key tls.key: there is no environment variable "
            "\"EDGE_KEY\": port plant/8883 is not opened");
  reader.files["edge.crt"] = "-----BEGIN CERTIFICATE-----\nfrom a file\n";
  reader.variables["EDGE_KEY"] = "-----BEGIN EC PRIVATE KEY-----\nfrom the environment\n";
  const LoadResult there = Load(text, &reader);
  EXPECT_EQ(ProblemsOf(there), "");
  EXPECT_EQ(OnlyPort(there).tls->certificates.at(0).chain_pem, reader.files["edge.crt"]);
  EXPECT_EQ(OnlyPort(there).tls->certificates.at(0).key_pem.text(), reader.variables["EDGE_KEY"]);
}

TEST(Configuration, EveryPortWaitsForWhatItsTokensAreIntrospectedWith) {
  const std::string text =
      Authentication("tokens",
                     "{method: JWT, jwtSettings: {introspection: {endpoint: 'https://a/b', "
                     "clientId: c, clientSecretRef: some, caCertConfigMap: login-ca}}}") +
      Listener("{port: 1, authenticationRef: tokens}");
  const std::string secret =
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: some}\nstringData:\n";
  EXPECT_EQ(OnlyPort(Load(text)).waits_for.size(), 2u);
  EXPECT_EQ(
      OnlyPort(Load(text + CaConfigMap("login-ca") + secret + "  other: x\n")).waits_for.size(),
      1u);
  const LoadResult there =
      Load(text + CaConfigMap("login-ca") + secret + "  client-secret: nobody knows\n");
  EXPECT_EQ(ProblemsOf(there), "");
  EXPECT_TRUE(OnlyPort(there).waits_for.empty());
  const Introspection& introspection =
      *there.configuration->authentications.at("tokens").methods.at(0).jwt->introspection;
  EXPECT_EQ(introspection.client_secret_text.text(), "nobody knows");
  EXPECT_TRUE(introspection.ca_pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

TEST(Configuration, EveryPortWaitsForTheCaOfItsAuthentication) {
  const std::string text =
      Authentication("certs", kX509) +
      Listener(
          "{port: 1, authenticationRef: certs, tls: {mode: Automatic}}, "
          "{port: 2, authenticationRef: certs, tls: {mode: Automatic}}, {port: 3}");
  const LoadResult waiting = Load(text);
  EXPECT_EQ(ProblemsOf(waiting),
            "a.yaml:6: waiting: there is no ConfigMap client-ca: no port with "
            "BrokerAuthentication certs is opened");
  ASSERT_TRUE(waiting.configuration);
  EXPECT_EQ(waiting.configuration->ports.at(0).waits_for.size(), 1u);
  EXPECT_EQ(waiting.configuration->ports.at(1).waits_for.size(), 1u);
  EXPECT_TRUE(waiting.configuration->ports.at(2).waits_for.empty());

  const LoadResult there = Load(text + CaConfigMap("client-ca"));
  EXPECT_EQ(ProblemsOf(there), "");
  EXPECT_EQ(there.configuration->ports.at(0).tls->client_ca_pem,
            "-----BEGIN CERTIFICATE-----\nclient-ca\n-----END CERTIFICATE-----\n");
}

TEST(Configuration, WhatAnUnusedAuthenticationLacksIsAWarning) {
  EXPECT_EQ(ProblemsOf(Load(Authentication("certs", kX509))),
            "a.yaml:6: warning: there is no ConfigMap client-ca");
}

TEST(Configuration, EveryKeyOfAConfigMapIsTrusted) {
  const LoadResult result =
      Load(Authentication("certs", kX509) +
           Listener("{port: 1, authenticationRef: certs, tls: {mode: Automatic}}") +
           "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: client-ca}\ndata:\n"
           "  one: '-----BEGIN CERTIFICATE----- 1'\n  two: '-----BEGIN CERTIFICATE----- 2'\n"
           "  readme: no certificate\n");
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_EQ(OnlyPort(result).tls->client_ca_pem,
            "-----BEGIN CERTIFICATE----- 1\n-----BEGIN CERTIFICATE----- 2\n");
}

TEST(Configuration, ClientCertificatesAreAskedForWhereX509IsAMethod) {
  const auto certificates = [](const std::string& methods) {
    return OnlyPort(Load(Authentication("some", methods) + CaConfigMap("client-ca") +
                         Listener("{port: 1, authenticationRef: some, tls: {mode: Automatic}}")))
        .tls->client_certificates;
  };
  EXPECT_EQ(certificates(std::string(kTokens)), ClientCertificates::kNone);
  EXPECT_EQ(certificates(std::string(kX509)), ClientCertificates::kRequired);
  EXPECT_EQ(certificates(fmt::format("{}, {}", kX509, kX509)), ClientCertificates::kRequired);
  EXPECT_EQ(certificates(fmt::format("{}, {}", kTokens, kX509)), ClientCertificates::kRequested);
}

TEST(Configuration, SessionTicketsAndClientCertificatesDoNotGoTogether) {
  const std::string before = Authentication("certs", kX509) + CaConfigMap("client-ca");
  const auto port = [](std::string_view reference, std::string_view tickets) {
    return Listener(fmt::format("{{port: 1, {}tls: {{mode: Automatic{}}}}}", reference, tickets));
  };
  EXPECT_TRUE(OnlyPort(Load(port("", ""))).tls->session_tickets);
  EXPECT_FALSE(OnlyPort(Load(port("", ", sessionTickets: disabled"))).tls->session_tickets);
  EXPECT_FALSE(
      OnlyPort(Load(before + port("authenticationRef: certs, ", ""))).tls->session_tickets);
  EXPECT_NE(Refusal(before + port("authenticationRef: certs, ", ", sessionTickets: Enabled"))
                .find("sessionTickets must not be Enabled where client certificates are taken"),
            std::string::npos);
}

TEST(Configuration, X509NeedsTls) {
  EXPECT_NE(Refusal(Authentication("certs", kX509) + CaConfigMap("client-ca") +
                    Listener("{port: 1, authenticationRef: certs}"))
                .find("this port has no tls by which a client could show a certificate"),
            std::string::npos);
}

TEST(Configuration, FurtherCertificatesAndRevocationListsComeFromTheirReferences) {
  const std::string listener = Listener(
      "{port: 1, authenticationRef: certs, tls: {mode: Manual, manual: {secretRef: edge}, "
      "additionalCertificates: [{secretRef: other}], clientCrl: revoked}}");
  const std::string before =
      Authentication("certs", kX509) + CaConfigMap("client-ca") + TlsSecret("edge");
  EXPECT_EQ(OnlyPort(Load(before + listener)).waits_for.size(), 2u);
  const std::string lists =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: revoked}\nbinaryData: {der: MAA=}\n"
      "data: {pem: '-----BEGIN X509 CRL-----'}\n";
  const LoadResult result = Load(before + TlsSecret("other") + lists + listener);
  EXPECT_EQ(ProblemsOf(result), "");
  const ResolvedPort port = OnlyPort(result);
  ASSERT_EQ(port.tls->certificates.size(), 2u);
  EXPECT_EQ(port.tls->certificates[1].name, "Secret other");
  EXPECT_EQ(port.tls->client_crls,
            (std::vector<std::string>{std::string("0\0", 2), "-----BEGIN X509 CRL-----"}));
}

TEST(Configuration, RevocationListsNeedClientCertificates) {
  const std::string before = TlsSecret("edge") +
                             "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: revoked}\n"
                             "binaryData: {der: MAA=}\n";
  for (const std::string_view reference : {"", "authenticationRef: default, "}) {
    EXPECT_NE(Refusal(before + Listener(fmt::format("{{port: 1, {}tls: {{mode: Manual, manual: "
                                                    "{{secretRef: edge}}, clientCrl: revoked}}}}",
                                                    reference)))
                  .find("clientCrl is for ports with the method X509"),
              std::string::npos)
        << reference;
  }
}

TEST(Configuration, AnAuthenticationHasRevocationListsOfItsOwn) {
  const std::string listener = Listener(
      "{port: 1, authenticationRef: certs, tls: {mode: Manual, manual: {secretRef: edge}}}");
  const std::string before =
      Authentication("certs", "{method: X509, x509Settings: {clientCrl: revoked}}") +
      CaConfigMap("client-ca") + TlsSecret("edge");
  EXPECT_EQ(OnlyPort(Load(before + listener)).waits_for.size(), 1u);
  const std::string lists =
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: revoked}\nbinaryData: {der: MAA=}\n";
  const LoadResult result = Load(before + lists + listener);
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_EQ(OnlyPort(result).tls->client_crls, std::vector<std::string>());
  const X509Settings& settings = *result.configuration->authentications.at("certs").methods[0].x509;
  EXPECT_EQ(settings.client_crls, std::vector<std::string>{std::string("0\0", 2)});
  EXPECT_NE(Refusal(Authentication("certs", "{method: X509, x509Settings: {clientCrl: }}") +
                    CaConfigMap("client-ca")),
            "");
}

TEST(Configuration, MaterialThatCannotBeRightIsAnError) {
  const std::string listener = Listener(fmt::format("{{port: 8883, {}}}", kManual));
  EXPECT_EQ(
      Refusal(listener + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge}\nstringData:\n"
                         "  tls.crt: hunter2\n  tls.key: hunter2\n"),
      "a.yaml:8: tls.crt of Secret edge holds no certificate in PEM\n"
      "a.yaml:8: tls.key of Secret edge holds no private key in PEM");
  EXPECT_EQ(Refusal(Authentication("certs", kX509) +
                    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: client-ca}\n"
                    "data: {a: b}\n"),
            "a.yaml:8: ConfigMap client-ca holds no certificate in PEM, and a.yaml:6 needs the CAs "
            "from there");
}

TEST(Configuration, NothingIsThereTwice) {
  EXPECT_EQ(Refusal(Listener("{port: 1883}, {port: 1883}")),
            "a.yaml:6: another port has the same number, in a.yaml:6");
  EXPECT_EQ(Refusal(Listener("{unixSocket: {path: /a}}, {unixSocket: {path: /a}}")),
            "a.yaml:6: another port has the same path, in a.yaml:6");
  std::string other = Listener("{port: 1884}");
  EXPECT_EQ(Refusal(Listener("{port: 1883}") + other),
            "a.yaml:8: there is another BrokerListener plant, in a.yaml:2\n"
            "a.yaml:8: another BrokerListener has the same serviceType, in a.yaml:2\n"
            "a.yaml:8: another BrokerListener has the same serviceName, in a.yaml:2");
  EXPECT_EQ(Refusal(TlsSecret("edge") + TlsSecret("edge")),
            "a.yaml:9: there is another Secret edge, in a.yaml:2");
}

TEST(Configuration, PortsThatTheKernelPicksMayBeSeveral) {
  const LoadResult result = Load(Listener("{port: 0}, {port: 0, protocol: WebSockets}"));
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_NE(result.configuration->ports.at(0).name, result.configuration->ports.at(1).name);
}

TEST(Configuration, TheBrokerIsCalledDefault) {
  const std::string broker =
      fmt::format("---\napiVersion: {}\nkind: Broker\nmetadata: {{name: other}}\n", kGroup);
  EXPECT_EQ(Refusal(broker), "a.yaml:2: the Broker must be called default");
}

TEST(Configuration, MountedFoldersAreSecretsAndConfigMaps) {
  ConfigSources sources;
  sources.manifests.push_back(
      {.name = "a.yaml",
       .text = SecretBytes(Authentication("certs", kX509) +
                           Listener("{port: 1, authenticationRef: certs, tls: {mode: Manual, "
                                    "manual: {secretRef: edge}}}"))});
  const auto mount = [&](MountedKind kind, std::string object, std::string key,
                         std::string_view bytes) {
    sources.mounted.push_back({.kind = kind,
                               .object = object,
                               .key = key,
                               .file = object + "/" + key,
                               .bytes = SecretBytes(bytes)});
  };
  mount(MountedKind::kSecret, "edge", "tls.crt", "-----BEGIN CERTIFICATE-----");
  mount(MountedKind::kSecret, "edge", "tls.key", "-----BEGIN PRIVATE KEY-----");
  mount(MountedKind::kConfigMap, "client-ca", "ca", "-----BEGIN CERTIFICATE-----");
  FakeReader reader;
  const LoadResult result = LoadConfiguration(sources, &reader);
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_EQ(OnlyPort(result).tls->certificates.at(0).key_pem.text(), "-----BEGIN PRIVATE KEY-----");

  mount(MountedKind::kSecret, "Edge!", "tls.crt", "");
  EXPECT_EQ(ProblemsOf(LoadConfiguration(sources, &reader)),
            "Edge!/tls.crt: the name of the folder or of the file is not a name: up to 253 of "
            "a-z, 0-9, - and ., with no - or . at its ends");
}

TEST(Configuration, IsTheSameWhereverItStands) {
  const std::string text = Listener("{port: 1883, authenticationRef: default}");
  EXPECT_EQ(Load(text).configuration, Load("# A line more.\n\n" + text).configuration);
  EXPECT_NE(Load(text).configuration,
            Load(Listener("{port: 1884, authenticationRef: default}")).configuration);
}

TEST(Configuration, OneMistakeLeavesNoConfiguration) {
  const LoadResult result = Load(Listener("{port: 1883}") + "---\nkind: Secret\n");
  EXPECT_FALSE(result.configuration);
  EXPECT_EQ(ProblemsOf(result),
            "a.yaml:8: the field apiVersion is missing; it is v1\n"
            "a.yaml:8: the field metadata is missing, or not a map");
}

TEST(Configuration, TrustedNetworksAreRead) {
  const ResolvedPort port =
      OnlyPort(Load(Listener("{port: 1, proxyProtocol: {trustedNetworks: [10.0.0.0/8, '::1']}}")));
  ASSERT_EQ(port.settings.proxy_protocol->trusted.size(), 2u);
  IpBytes inside;
  ASSERT_TRUE(ParseIpAddress("10.1.2.3", &inside));
  EXPECT_TRUE(port.settings.proxy_protocol->trusted[0].Contains(inside));
  EXPECT_FALSE(port.settings.proxy_protocol->trusted[1].Contains(inside));
}

}  // namespace
}  // namespace signet::config
