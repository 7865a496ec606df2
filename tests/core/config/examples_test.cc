// The manifests that operators know from the documents about this kind of configuration: each
// loads, and means what is said of it there.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/core/config/load.h"

namespace signet::config {
namespace {

LoadResult LoadExample(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(SIGNET_EXAMPLES_DIR "/" + name).rdbuf();
  EXPECT_NE(text.str(), "") << name;
  return Load(text.str());
}

// Fails the test if there is none.
BrokerAuthentication AuthenticationOf(const LoadResult& result, const std::string& name) {
  EXPECT_EQ(ProblemsOf(result), "");
  if (!result.configuration) return {};
  const auto found = result.configuration->authentications.find(name);
  EXPECT_NE(found, result.configuration->authentications.end());
  return found == result.configuration->authentications.end() ? BrokerAuthentication()
                                                              : found->second;
}

TEST(Examples, TheDefaultIsWhatIsBuiltIn) {
  const auto written = AuthenticationOf(LoadExample("default_authentication.yaml"), "default");
  EXPECT_EQ(written, BuiltInAuthentication());
  ASSERT_EQ(written.methods.size(), 1u);
  EXPECT_EQ(written.methods[0].name, AuthenticationMethodName::kServiceAccountToken);
  EXPECT_EQ(written.methods[0].service_account_token->audiences,
            std::vector<std::string>{"aio-internal"});
}

TEST(Examples, MethodsAreKeptInTheirOrder) {
  const auto fallback = AuthenticationOf(LoadExample("fallback.yaml"), "default");
  ASSERT_EQ(fallback.methods.size(), 3u);
  EXPECT_EQ(fallback.methods[0].name, AuthenticationMethodName::kCustom);
  EXPECT_EQ(fallback.methods[1].name, AuthenticationMethodName::kServiceAccountToken);
  EXPECT_EQ(fallback.methods[2].name, AuthenticationMethodName::kX509);
  // Without settings X509 trusts what is in client-ca.
  ASSERT_TRUE(fallback.methods[2].x509);
  EXPECT_NE(fallback.methods[2].x509->trusted_ca_pem.find("cm9vdA=="), std::string::npos);
}

TEST(Examples, EveryMethodHasItsSettings) {
  const auto policy = AuthenticationOf(LoadExample("several_methods.yaml"), "my-policy");
  ASSERT_EQ(policy.methods.size(), 3u);
  ASSERT_TRUE(policy.methods[0].custom);
  const CustomSettings& custom = *policy.methods[0].custom;
  EXPECT_EQ(custom.endpoint, "https://auth-server-template");
  EXPECT_NE(custom.ca_pem.find("Y3VzdG9t"), std::string::npos);
  ASSERT_TRUE(custom.client_certificate);
  EXPECT_NE(custom.client_certificate->key_pem.text().find("PRIVATE KEY"), std::string::npos);
  EXPECT_EQ(custom.headers.at("header_key").text(), "header_value");
  EXPECT_EQ(policy.methods[1].service_account_token->audiences,
            (std::vector<std::string>{"aio-internal", "my-audience"}));
  ASSERT_TRUE(policy.methods[2].x509);
  const auto& attributes = policy.methods[2].x509->authorization_attributes;
  ASSERT_EQ(attributes.size(), 3u);
  EXPECT_EQ(attributes.at("root").subject, "CN = Contoso Root CA Cert, OU = Engineering, C = US");
  EXPECT_EQ(attributes.at("intermediate").attributes,
            (TextByName{{"city", "seattle"}, {"foo", "bar"}}));
  EXPECT_EQ(attributes.at("smart-fan").attributes, (TextByName{{"building", "17"}}));
}

TEST(Examples, CertificatesHaveAttributesBySubject) {
  const auto certificates =
      AuthenticationOf(LoadExample("certificate_attributes.yaml"), "certificates");
  ASSERT_EQ(certificates.methods.size(), 1u);
  const auto& attributes = certificates.methods[0].x509->authorization_attributes;
  EXPECT_EQ(attributes.at("root").attributes, (TextByName{{"organization", "contoso"}}));
  EXPECT_EQ(attributes.at("intermediate").subject, "CN = Contoso Intermediate CA");
  EXPECT_EQ(attributes.at("smart-fan").subject, "CN = smart-fan");
}

TEST(Examples, TokensAreForOneOfSeveralAudiences) {
  const auto tokens = AuthenticationOf(LoadExample("service_account_tokens.yaml"), "tokens");
  EXPECT_EQ(tokens.methods.at(0).service_account_token->audiences,
            (std::vector<std::string>{"aio-internal", "my-audience"}));
}

TEST(Examples, ACustomServerIsReachedWithAllThatIsSaid) {
  const auto custom = AuthenticationOf(LoadExample("custom_server.yaml"), "custom");
  ASSERT_EQ(custom.methods.size(), 1u);
  EXPECT_EQ(custom.methods[0].custom->auth->x509->secret.name, "custom-auth-client-cert");
  EXPECT_EQ(custom.methods[0].custom->client_certificate->name, "Secret custom-auth-client-cert");
  EXPECT_EQ(custom.methods[0].custom->headers.size(), 1u);
}

TEST(Examples, ADocumentOfTheClusterIsNotTheBrokers) {
  const LoadResult pod = LoadExample("client_pod.yaml");
  EXPECT_FALSE(pod.configuration);
  EXPECT_EQ(ProblemsOf(pod), "a.yaml:3: there is no kind \"Pod\" (did you mean Broker?)");
}

TEST(Examples, TokensOfSeveralIssuersAreBelieved) {
  const auto jwt = AuthenticationOf(LoadExample("tokens_from_an_issuer.yaml"), "json-web-tokens");
  ASSERT_EQ(jwt.methods.size(), 1u);
  const JwtSettings& settings = *jwt.methods[0].jwt;
  EXPECT_EQ(settings.from, std::vector<TokenSource>{TokenSource::kPassword});
  EXPECT_EQ(settings.algorithms,
            (std::vector<JwtAlgorithm>{JwtAlgorithm::kHs256, JwtAlgorithm::kRs256,
                                       JwtAlgorithm::kEs256}));
  ASSERT_EQ(settings.issuers.size(), 4u);
  EXPECT_EQ(settings.issuers[0].hmac_secrets.at("first").text(), "a secret that nobody knows");
  EXPECT_EQ(settings.issuers[1].public_keys_pem.count("2026"), 1u);
  EXPECT_EQ(settings.issuers[2].jwks_uri, "https://keys.plant.example/jwks.json");
  EXPECT_TRUE(settings.issuers[3].discovery);
  EXPECT_EQ(settings.username_claim, "username");
  EXPECT_EQ(settings.client_id_claim, "clientid");
  EXPECT_EQ(settings.verify_claims, (TextByName{{"username", "${username}"}}));
  EXPECT_TRUE(settings.require_exp);
}

TEST(Examples, PortsAreLinkedToAnAuthenticationOrHaveNone) {
  const LoadResult linked = LoadExample("linked_listener.yaml");
  EXPECT_EQ(ProblemsOf(linked), "");
  ASSERT_TRUE(linked.configuration);
  const std::vector<ResolvedPort>& ports = linked.configuration->ports;
  ASSERT_EQ(ports.size(), 3u);
  EXPECT_EQ(ports[0].name, "plant/8883");
  EXPECT_EQ(ports[0].settings.authentication.name, "tokens");
  EXPECT_TRUE(ports[0].tls->automatic);
  EXPECT_EQ(ports[1].settings.authentication.name, "default");  // The one that is built in.
  EXPECT_TRUE(ports[2].settings.authentication.empty());
  EXPECT_FALSE(ports[2].tls);
  for (const ResolvedPort& port : ports) EXPECT_TRUE(port.waits_for.empty()) << port.name;
}

}  // namespace
}  // namespace signet::config
