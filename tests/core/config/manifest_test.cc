#include "core/config/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fmt/format.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

std::string Policy(std::string_view rest) {
  return fmt::format(
      "apiVersion: {}\nkind: BrokerAuthorization\nmetadata: {{name: line}}\n"
      "spec:\n  authorizationPolicies:\n    rules: [{}]\n",
      kGroup, rest);
}

std::string RuleProblems(std::string_view resources) {
  return ProblemsOf(Load(
      Policy(fmt::format("{{principals: {{usernames: [a]}}, brokerResources: [{}]}}", resources))));
}

TEST(Manifest, TakesEveryVersionOfTheApi) {
  for (const KindInfo& kind : AllKinds()) {
    for (const std::string_view version : kind.api_versions) {
      const std::string text = fmt::format(
          "apiVersion: {}\nkind: {}\nmetadata: {{name: default}}\n", version, kind.name);
      EXPECT_EQ(ProblemsOf(Load(text)).find("apiVersion"), std::string::npos) << text;
      EXPECT_EQ(ProblemsOf(Load(text)).find("kind"), std::string::npos) << text;
    }
  }
  EXPECT_EQ(ProblemsOf(Load("apiVersion: mqttbroker.iotoperations.azure.com/v3\nkind: Broker\n"
                            "metadata: {name: default}\n")),
            "a.yaml:1: there is no Broker of apiVersion "
            "\"mqttbroker.iotoperations.azure.com/v3\" (did you mean "
            "mqttbroker.iotoperations.azure.com/v1?)");
}

TEST(Manifest, HasAKindThatIsKnown) {
  EXPECT_EQ(ProblemsOf(Load("kind: BrokerListner\n")),
            "a.yaml:1: there is no kind \"BrokerListner\" (did you mean BrokerListener?)");
  EXPECT_EQ(ProblemsOf(Load("a: b\n")), "a.yaml:1: the field kind is missing");
  EXPECT_EQ(ProblemsOf(Load("[]")), "a.yaml:1: a document must be a map");
  EXPECT_EQ(ProblemsOf(Load("just text")), "a.yaml:1: a document must be a map");
}

TEST(Manifest, SaysMisspeltSpec) {
  EXPECT_EQ(
      ProblemsOf(Load(fmt::format(
          "apiVersion: {}\nkind: Broker\nmetadata: {{name: default}}\nspecs: {{}}\n", kGroup))),
      "a.yaml:4: there is no field \"specs\" here (did you mean spec?)");
}

// As `kubectl get -o yaml` prints them.
TEST(Manifest, LetsPassWhatAClusterAdds) {
  EXPECT_EQ(ProblemsOf(Load(fmt::format(
                "apiVersion: {}\nkind: Broker\nmetadata:\n  name: default\n  uid: a\n"
                "  generation: 3\n  creationTimestamp: \"2026-11-26T00:00:00Z\"\n"
                "  annotations: {{a: b}}\n  resourceVersion: \"7\"\nspec: {{}}\nstatus: {{a: b}}\n",
                kGroup))),
            "");
}

TEST(Manifest, HasAName) {
  const auto problems = [](std::string_view metadata) {
    return ProblemsOf(
        Load(fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", metadata)));
  };
  EXPECT_EQ(problems("{}"), "a.yaml:3: metadata: the field name is missing");
  EXPECT_EQ(problems("{name: Some}"),
            "a.yaml:3: metadata: name: \"Some\" is not a name: up to 253 of a-z, 0-9, - and ., "
            "with no - or . at its ends");
  EXPECT_EQ(problems("{name: kube-root-ca.crt}"), "");
}

TEST(Manifest, OfSeveralDocumentsInSeveralFiles) {
  ConfigSources sources;
  sources.manifests.push_back({.name = "a.yaml", .text = SecretBytes(Listener("{port: 1}"))});
  sources.manifests.push_back(
      {.name = "b.yaml", .text = SecretBytes(TlsSecret("one") + TlsSecret("two") + "---\n---\n")});
  FakeReader reader;
  Problems problems;
  const Manifests manifests = ReadManifests(sources, &reader, &problems);
  EXPECT_FALSE(problems.has_errors());
  EXPECT_EQ(manifests.listeners.size(), 1u);
  EXPECT_EQ(manifests.secrets.size(), 2u);
  EXPECT_EQ(manifests.secrets.at(1).origin.file, "b.yaml");
}

// As `kubectl get` prints several objects.
TEST(Manifest, MayBeAList) {
  const LoadResult result =
      Load(fmt::format("apiVersion: v1\nkind: List\nmetadata: {{resourceVersion: ''}}\nitems:\n"
                       "- apiVersion: {0}\n  kind: BrokerListener\n  metadata: {{name: one}}\n"
                       "  spec: {{ports: [{{port: 1}}]}}\n"
                       "- apiVersion: {0}\n  kind: Brokers\n",
                       kGroup));
  EXPECT_EQ(ProblemsOf(result), "a.yaml:10: there is no kind \"Brokers\" (did you mean Broker?)");
  EXPECT_EQ(ProblemsOf(Load("apiVersion: v1\nkind: List\nitems: []\n")), "");
}

TEST(Manifest, OfAListNothingIsLeftUnread) {
  EXPECT_EQ(ProblemsOf(Load("apiVersion: v1\nkind: List\nitems: []\nitmes: []\nitems: []\n")),
            "a.yaml:4: there is no such field in a List (did you mean items?)\n"
            "a.yaml:5: this field of a List is given twice, first in line 3");
}

TEST(Manifest, MayBeJson) {
  EXPECT_EQ(ProblemsOf(Load(R"({"apiVersion": "v1", "kind": "Secret",
    "metadata": {"name": "some"}, "data": {"a": "AAEC"}})")),
            "");
}

TEST(Rules, TakeTokensThatFillALevel) {
  EXPECT_EQ(
      RuleProblems("{method: Publish, topics: ['a/{principal.clientId}/#', "
                   "'{principal.attributes.line}', '+/{principal.username}', '$SYS/x', '/']}"),
      "");
  const auto refusal = [](std::string_view topic) {
    const std::string lines =
        RuleProblems(fmt::format("{{method: Subscribe, topics: ['{}']}}", topic));
    return lines.substr(std::min(lines.size(), lines.find("topics[0]: ")));
  };
  EXPECT_EQ(refusal("a-{principal.clientId}/b"),
            "topics[0]: \"a-{principal.clientId}/b\" has a token that does not fill a level");
  EXPECT_EQ(refusal("{principal.clientId}{principal.username}"),
            "topics[0]: \"{principal.clientId}{principal.username}\" has a token that does not "
            "fill a level");
  EXPECT_EQ(refusal("{principle.username}"),
            "topics[0]: \"{principle.username}\" has a token that there is not (did you mean "
            "principal.username?)");
  EXPECT_NE(refusal("{principal.attributes.}"), "");
  EXPECT_NE(refusal("{principal.username"), "");
  EXPECT_NE(refusal("principal.username}"), "");
  EXPECT_EQ(refusal("a/#/b"), "topics[0]: \"a/#/b\" has a # that is not at its end");
  EXPECT_EQ(refusal("a+/b"), "topics[0]: \"a+/b\" has a + or # that does not fill a level");
  EXPECT_NE(refusal(""), "");
}

TEST(Rules, OfConnectMayHaveTokensAnywhere) {
  EXPECT_EQ(RuleProblems("{method: Connect, clientIds: ['{principal.attributes.line}*', 'a-*']}"),
            "");
  EXPECT_NE(RuleProblems("{method: Connect, clientIds: ['{nobody}']}"), "");
}

TEST(Rules, HaveWhatTheirMethodNeeds) {
  EXPECT_NE(RuleProblems("{method: Connect, topics: [a]}").find("Connect has no topics"),
            std::string::npos);
  EXPECT_NE(RuleProblems("{method: Publish}").find("Publish needs topics"), std::string::npos);
  EXPECT_NE(RuleProblems("{method: Subscribe, topics: [a], clientIds: [b]}")
                .find("clientIds here are for Connect alone"),
            std::string::npos);
}

TEST(Rules, AreForSomebody) {
  EXPECT_EQ(ProblemsOf(Load(Policy("{}"))),
            "a.yaml:6: warning: spec.authorizationPolicies.rules[0]: the rule has no principals, "
            "so it is for nobody");
  EXPECT_NE(ProblemsOf(Load(Policy("{principals: {attributes: [{}]}}"))).find("an empty map"),
            std::string::npos);
}

TEST(Rules, OfTheStateStoreHaveKeysOfTheirType) {
  const auto problems = [](std::string_view type, std::string_view key) {
    return ProblemsOf(Load(Policy(
        fmt::format("{{principals: {{usernames: [a]}}, stateStoreResources: [{{method: Read, "
                    "keyType: {}, keys: ['{}']}}]}}",
                    type, key))));
  };
  EXPECT_EQ(problems("Pattern", "a/{principal.username}/*"), "");
  EXPECT_NE(problems("Pattern", "{a}"), "");
  EXPECT_EQ(problems("String", "{a}"), "");
  EXPECT_EQ(problems("Binary", "AAEC"), "");
  EXPECT_NE(problems("Binary", "not base64"), "");
}

// What is wrong with an authentication that has this method alone.
std::string ProblemsOfMethod(std::string_view method) {
  return ProblemsOf(
      Load(fmt::format("apiVersion: {}\nkind: BrokerAuthentication\nmetadata: {{name: who}}\n"
                       "spec: {{authenticationMethods: [{{{}}}]}}\n",
                       kGroup, method)));
}

// azure-iot-operations 3.1: a token is for one of these, so there must be one.
TEST(Methods, OfTokensNeedAnAudience) {
  EXPECT_NE(ProblemsOfMethod("method: ServiceAccountToken"), "");
  EXPECT_NE(
      ProblemsOfMethod("method: ServiceAccountToken, serviceAccountTokenSettings: {audiences: []}"),
      "");
  EXPECT_EQ(ProblemsOfMethod(
                "method: ServiceAccountToken, serviceAccountTokenSettings: {audiences: [plant]}"),
            "");
}

// azure-iot-operations 9.35: whom a registry alone could refuse is not let in unasked.
TEST(Methods, DoNotPretendToAskADeviceRegistry) {
  for (const char* name : {"AzureDeviceRegistry", "azureDeviceRegistry"}) {
    EXPECT_NE(ProblemsOfMethod(
                  fmt::format("method: X509, x509Settings: {{additionalValidation: {}}}", name))
                  .find("cannot be done here"),
              std::string::npos);
  }
}

// azure-iot-operations 5: the query is the API's, and so is the type of the body.
TEST(Methods, OfCustomServersCanBeAskedAsTheySay) {
  const auto problems = [](std::string_view more) {
    return ProblemsOfMethod(fmt::format("method: Custom, customSettings: {{{}}}", more));
  };
  for (const char* good :
       {"endpoint: 'https://a'", "endpoint: 'https://a:8443/path/'",
        "endpoint: 'https://a', headers: {x-plant: 'a\tb', Authorization: Bearer t}"}) {
    EXPECT_EQ(problems(good), "") << good;
  }
  EXPECT_NE(problems("endpoint: 'https://a/?b=c'").find("must have no query"), std::string::npos);
  for (const char* name : {"host", "Host", "Content-Type", "ACCEPT", "content-length",
                           "Transfer-Encoding", "connection", "te"}) {
    EXPECT_NE(problems(fmt::format("endpoint: 'https://a', headers: {{{}: hunter2}}", name))
                  .find("is a header that the broker sets itself"),
              std::string::npos)
        << name;
  }
  for (const char* name : {"'a b'", "'a:'", "'ä'", "'a\tb'", "'(a)'"}) {
    EXPECT_NE(problems(fmt::format("endpoint: 'https://a', headers: {{{}: hunter2}}", name))
                  .find("is no name of a header"),
              std::string::npos)
        << name;
  }
  const std::string control = problems(R"(endpoint: 'https://a', headers: {a: "hunter2\r\nb: c"})");
  EXPECT_NE(control.find("control characters"), std::string::npos);
  EXPECT_EQ(control.find("hunter2"), std::string::npos);
}

TEST(Methods, HaveTheirOwnSettingsAndNoOther) {
  const auto& problems = ProblemsOfMethod;
  EXPECT_EQ(problems("method: Custom"),
            "a.yaml:4: spec.authenticationMethods[0]: method Custom needs customSettings");
  EXPECT_EQ(problems("method: X509, customSettings: {endpoint: 'https://a'}").substr(0, 87),
            "a.yaml:4: spec.authenticationMethods[0]: customSettings does not belong to method "
            "X509\n");
  EXPECT_NE(problems("method: Password, passwordSettings: {}").find("usersSecretRef or usersFile"),
            std::string::npos);
  EXPECT_NE(problems("method: JWT, jwtSettings: {}").find("there must be issuers"),
            std::string::npos);
  EXPECT_NE(problems("method: JWT, jwtSettings: {algorithms: [none], issuers: []}")
                .find("\"none\" is none of HS256"),
            std::string::npos);
  EXPECT_NE(problems("method: JWT, jwtSettings: {algorithms: [RS256], issuers: [{issuer: a, "
                     "hmacSecretRef: b}]}")
                .find("hmacSecretRef needs one of HS256, HS384 and HS512"),
            std::string::npos);
  EXPECT_NE(problems("method: JWT, jwtSettings: {algorithms: [HS256], issuers: [{issuer: a, "
                     "jwksUri: 'https://a'}]}")
                .find("public keys need an algorithm that is not HS"),
            std::string::npos);
}

// One issuer may sign for several services by different keys; which keys a token needs must be
// plain.
TEST(Methods, OfTokensHaveAnIssuerTwiceForDifferentAudiencesAlone) {
  const auto problems = [](std::string_view first, std::string_view second) {
    return ProblemsOfMethod(
        fmt::format("method: JWT, jwtSettings: {{algorithms: [RS256], issuers: ["
                    "{{issuer: a, jwksUri: 'https://a/1'{}}}, "
                    "{{issuer: a, jwksUri: 'https://a/2'{}}}]}}",
                    first, second));
  };
  constexpr std::string_view kTwice = "this issuer is given twice, and not for different audiences";
  EXPECT_NE(problems("", "").find(kTwice), std::string::npos);
  EXPECT_NE(problems(", audiences: [x]", "").find(kTwice), std::string::npos);
  EXPECT_NE(problems(", audiences: [x, y]", ", audiences: [z, y]").find(kTwice), std::string::npos);
  EXPECT_EQ(problems(", audiences: [x]", ", audiences: [y]"), "");
}

TEST(Methods, OfTokensMayBeWithoutIssuersButNotWithoutAnybodyToAsk) {
  const auto problems = [](std::string_view introspection) {
    return ProblemsOfMethod(
        fmt::format("method: JWT, jwtSettings: {{introspection: {{{}}}}}", introspection));
  };
  constexpr std::string_view kWhole = "endpoint: 'https://a/b', clientId: c, clientSecretRef: d";
  EXPECT_EQ(problems(kWhole).find("there must be issuers"), std::string::npos);
  for (const char* field : {"endpoint", "clientId", "clientSecretRef"}) {
    std::string text(kWhole);
    text.replace(text.find(field), 1, "x");
    EXPECT_NE(problems(text).find(fmt::format("the field {} is missing", field)), std::string::npos)
        << problems(text);
  }
  EXPECT_NE(problems("endpoint: 'http://a/b', clientId: c, clientSecretRef: d")
                .find("is not an https:// URL"),
            std::string::npos);
}

TEST(Ports, HaveOnePlaceAndOneMode) {
  const auto problems = [](std::string_view port) { return ProblemsOf(Load(Listener(port))); };
  EXPECT_NE(problems("{}").find("either port or unixSocket must be given"), std::string::npos);
  EXPECT_NE(problems("{port: 1, unixSocket: {path: /a}}").find("and not both"), std::string::npos);
  EXPECT_NE(
      problems("{unixSocket: {path: /a}, address: 127.0.0.1}").find("a UNIX socket has no address"),
      std::string::npos);
  EXPECT_NE(problems("{port: 1, tls: {mode: Manual}}").find("mode Manual needs the block manual"),
            std::string::npos);
  EXPECT_NE(problems("{port: 1, tls: {mode: Automatic, manual: {secretRef: a}}}")
                .find("mode Automatic has no block manual"),
            std::string::npos);
  EXPECT_NE(problems("{port: 1, tls: {mode: Manual, manual: {secretRef: a}, "
                     "certManagerCertificateSpec: {issuerRef: {name: a, kind: Issuer}}}}")
                .find("and no other"),
            std::string::npos);
  EXPECT_NE(problems("{port: 1, tls: {mode: Automatic, certManagerCertificateSpec: {issuerRef: "
                     "{name: a, kind: Issuer}, duration: 1h, renewBefore: 1h}}}")
                .find("renewBefore must be shorter than duration"),
            std::string::npos);
  EXPECT_NE(problems("{port: 1, webSockets: {}}").find("for protocol WebSockets alone"),
            std::string::npos);
  EXPECT_NE(problems("{port: 1, connectionBurst: 1}").find("connectionBurst needs connectionRate"),
            std::string::npos);
}

}  // namespace
}  // namespace signet::config
