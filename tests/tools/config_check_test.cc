#include "tools/broker/config_check.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/config/markdown.h"
#include "fmt/format.h"
#include "net/tls/issuing_ca.h"
#include "tests/support/broker_process.h"
#include "tests/tools/temp_folder.h"
#include "tools/broker/options.h"

namespace signet {
namespace {

constexpr std::string_view kListener =
    "apiVersion: mqttbroker.iotoperations.azure.com/v1\nkind: BrokerListener\n"
    "metadata: {name: plant}\nspec:\n  ports:\n    - port: 1883\n";

TEST(ConfigCheck, SaysThatAConfigurationIsGood) {
  const TempFolder folder;
  folder.Write("a.yaml", kListener);
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_EQ(verdict.output, folder.path().string() + ": the configuration is good; ports: 1\n");
}

TEST(ConfigCheck, PrintsALineForEachMistake) {
  const TempFolder folder;
  folder.Write("a.yaml", std::string(kListener) + "      protokol: Mqtt\n      address: here\n");
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 1);
  const std::string file = (folder / "a.yaml").string();
  EXPECT_EQ(verdict.output,
            file +
                ":7: spec.ports[0]: there is no field \"protokol\" here (did you mean "
                "protocol?)\n" +
                file + ":8: spec.ports[0].address: \"here\" is not an IPv4 or IPv6 address\n");
}

// What the issuing CA would refuse when the broker starts.
TEST(ConfigCheck, KnowsWhichCertificatesAreIssued) {
  for (const auto& [field, good] :
       {std::pair("duration: 59m", false), std::pair("duration: 87601h", false),
        std::pair("renewBefore: 299s", false), std::pair("duration: 1h, renewBefore: 5m", true),
        std::pair("duration: 87600h", true)}) {
    const TempFolder folder;
    folder.Write("a.yaml",
                 std::string(kListener) +
                     "      tls: {mode: Automatic, certManagerCertificateSpec: {issuerRef: "
                     "{name: a, kind: Issuer}, " +
                     field + "}}\n");
    const ConfigVerdict verdict = JudgeConfig(folder.path());
    EXPECT_EQ(verdict.exit_code, good ? 0 : 1) << field;
    EXPECT_EQ(verdict.output.find("a.yaml:7: ") == std::string::npos, good) << verdict.output;
  }
}

TEST(ConfigCheck, IsNotContentWithAPortThatWaits) {
  const TempFolder folder;
  folder.Write("a.yaml", std::string(kListener) + "      authenticationRef: nobody\n");
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 1);
  EXPECT_EQ(verdict.output,
            (folder / "a.yaml").string() +
                ":7: waiting: there is no BrokerAuthentication nobody: port plant/1883 is not "
                "opened\n");
}

// It shows only when a port is made, and has its place all the same.
TEST(ConfigCheck, SaysWhereEachCertificateIsThatDoesNotFitItsKey) {
  const int64_t now_s = std::time(nullptr);
  const auto ca = IssuingCa::Create(now_s);
  ASSERT_TRUE(ca.ok());
  const auto issued = ca->Issue({.dns = {"edge"}}, /*previous=*/nullptr, now_s);
  ASSERT_TRUE(issued.ok());
  const TempFolder folder;
  std::filesystem::create_directories(folder / "secrets/edge");
  folder.Write("secrets/edge/tls.crt", issued->chain_pem);
  folder.Write("secrets/edge/tls.key", std::string(ca->key_pem().text()));
  constexpr std::string_view kTls = "      tls: {mode: Manual, manual: {secretRef: edge}}\n";
  folder.Write("a.yaml", fmt::format("{}{}    - port: 1884\n{}", kListener, kTls, kTls));
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 1);
  const std::string file = (folder / "a.yaml").string();
  constexpr std::string_view kWhat = "the key of Secret edge does not belong to its certificate\n";
  EXPECT_EQ(verdict.output,
            fmt::format("{0}:6: port plant/1883: {1}{0}:8: port plant/1884: {1}", file, kWhat));
}

TEST(ConfigCheck, WarnsAndIsContent) {
  const TempFolder folder;
  folder.Write("a.yaml",
               std::string(kListener) +
                   "      authorizationRef: line\n---\n"
                   "apiVersion: mqttbroker.iotoperations.azure.com/v1\nkind: BrokerAuthorization\n"
                   "metadata: {name: line}\nspec: {authorizationPolicies: {}}\n");
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_NE(verdict.output.find("a.yaml:7: warning: "), std::string::npos) << verdict.output;
  EXPECT_TRUE(verdict.output.ends_with("ports: 1\n"));
}

constexpr std::string_view kPolicy =
    "---\napiVersion: mqttbroker.iotoperations.azure.com/v1\nkind: BrokerAuthorization\n"
    "metadata: {name: line}\nspec:\n  authorizationPolicies:\n    rules:\n";

// A policy is loaded however little it means.
TEST(ConfigCheck, WarnsOfPoliciesThatHardlyMeanWhatTheySay) {
  const TempFolder folder;
  folder.Write("a.yaml", kListener);
  folder.Write("b.yaml", fmt::format("{}"
                                     "    - principals: {{usernames: [u]}}\n"
                                     "    - principals: {{attributes: [{{role: any}}]}}\n"
                                     "      brokerResources:\n"
                                     "      - {{method: Subscribe, topics: [\"#\"]}}\n"
                                     "      - {{method: Publish, topics: [\"a/*\"]}}\n",
                                     kPolicy));
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 0);
  const std::string file = (folder / "b.yaml").string();
  size_t at = 0;
  for (const std::string_view line :
       {":8: warning: the rule has no brokerResources, so it allows nothing\n",
        ":11: warning: topics: \"#\" allows every topic to everybody whom the rule is for\n",
        ":12: warning: topics: in \"a/*\" the * is an ordinary character; wildcards of topics are "
        "+ and #\n"}) {
    const size_t found = verdict.output.find(fmt::format("{}{}", file, line), at);
    ASSERT_NE(found, std::string::npos) << line << "\n" << verdict.output;
    at = found;
  }
  EXPECT_TRUE(verdict.output.ends_with("ports: 1\n")) << verdict.output;
}

// However many: what is left out of them is no mistake either.
TEST(ConfigCheck, IsContentWithMoreWarningsThanItPrints) {
  const TempFolder folder;
  folder.Write("a.yaml", kListener);
  std::string policy(kPolicy);
  for (int i = 0; i < 1100; ++i) policy += "    - principals: {usernames: [u]}\n";
  folder.Write("b.yaml", policy);
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 0);
  EXPECT_NE(verdict.output.find("\nwarning: and 1"), std::string::npos);
  EXPECT_TRUE(verdict.output.ends_with("ports: 1\n"));
}

// Of all that a token inside a level could mean, none is safe.
TEST(ConfigCheck, RefusesATokenInsideALevel) {
  const TempFolder folder;
  folder.Write("a.yaml", kListener);
  folder.Write("b.yaml",
               fmt::format("{}"
                           "    - principals: {{usernames: [u]}}\n"
                           "      brokerResources:\n"
                           "      - {{method: Publish, topics: [\"a/x{{principal.clientId}}\"]}}\n",
                           kPolicy));
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 1);
  EXPECT_NE(verdict.output.find((folder / "b.yaml").string() + ":10: "), std::string::npos)
      << verdict.output;
}

TEST(ConfigCheck, IsWhatTheProgramDoes) {
  const TempFolder folder;
  folder.Write("a.yaml", kListener);
  const auto run = [&] {
    const std::string command =
        BrokerProcess::Binary() + " --check --config " + folder.path().string();
    std::FILE* output = popen(command.c_str(), "r");
    std::array<char, 4096> text{};
    const size_t size = std::fread(text.data(), 1, text.size(), output);
    const int status = pclose(output);
    return std::pair(WEXITSTATUS(status), std::string(text.data(), size));
  };
  EXPECT_EQ(run(), std::pair(0, JudgeConfig(folder.path()).output));
  folder.Write("a.yaml", "kind: Broker\n");
  EXPECT_EQ(run(), std::pair(1, JudgeConfig(folder.path()).output));
}

CommandLine Parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv{"signet"};
  argv.insert(argv.end(), arguments);
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data(), 1);
}

TEST(ConfigOptions, NameAFileOrAFolder) {
  EXPECT_EQ(Parse({}).options.config, "");
  const CommandLine line = Parse({"--config", "/etc/signet", "--check"});
  ASSERT_FALSE(line.exit);
  EXPECT_EQ(line.options.config, "/etc/signet");
  EXPECT_TRUE(line.options.check);
  EXPECT_FALSE(Parse({"--config", "/etc/signet"}).options.check);
  EXPECT_EQ(Parse({"--check"}).exit->error,
            "signet: --check needs --config, which says what to check; see signet --help\n");
  EXPECT_EQ(Parse({"--check=false"}).exit->code, 2);
  EXPECT_EQ(Parse({"--config", ""}).exit->error,
            "signet: --config: there is no path; see signet --help\n");
}

// The document says how to bring it up to date.
TEST(ConfigOptions, TheDocumentOfFieldsIsWhatIsPrinted) {
  const std::string path = SIGNET_SOURCE_DIR "/docs/CONFIG.md";
  std::ifstream file(path);
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const CommandLine line = Parse({"--print-config-reference"});
  EXPECT_EQ(line.exit->code, 0);
  EXPECT_EQ(line.exit->output, config::ReferenceAsMarkdown());
  EXPECT_TRUE(document.ends_with("\n\n" + line.exit->output)) << path;
}

// The example of the document is a configuration.
TEST(ConfigOptions, TheExampleOfTheDocumentLoads) {
  std::ifstream file(SIGNET_SOURCE_DIR "/docs/CONFIG.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const size_t begin = document.find("```yaml\n") + 8;
  const TempFolder folder;
  folder.Write("a.yaml", document.substr(begin, document.find("```", begin) - begin));
  const int64_t now_s = std::time(nullptr);
  const auto ca = IssuingCa::Create(now_s);
  ASSERT_TRUE(ca.ok());
  const auto issued = ca->Issue({.dns = {"edge"}}, /*previous=*/nullptr, now_s);
  ASSERT_TRUE(issued.ok());
  folder.Write("edge.crt", issued->chain_pem);
  folder.Write("edge.key", std::string(issued->key_pem.text()));
  const ConfigVerdict verdict = JudgeConfig(folder.path());
  EXPECT_EQ(verdict.exit_code, 0) << verdict.output;
  EXPECT_TRUE(verdict.output.ends_with("ports: 1\n")) << verdict.output;
}

}  // namespace
}  // namespace signet
