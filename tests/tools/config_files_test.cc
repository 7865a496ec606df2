#include "tools/broker/config_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "core/config/yaml_tree.h"
#include "fmt/format.h"
#include "tests/tools/temp_folder.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCertificate = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view kKey = "-----BEGIN PRIVATE KEY-----\n";

std::string ListenerOn(std::string_view name, int port, std::string_view rest = "") {
  return fmt::format(
      "apiVersion: mqttbroker.iotoperations.azure.com/v1\nkind: BrokerListener\n"
      "metadata: {{name: {}}}\nspec: {{ports: [{{port: {}{}}}]}}\n",
      name, port, rest);
}

constexpr std::string_view kEdgeTls = ", tls: {mode: Manual, manual: {secretRef: edge}}";

std::string ProblemsOf(const config::LoadResult& result) {
  std::string lines;
  for (const config::Problem& problem : result.problems) lines += ToLine(problem) + '\n';
  return lines;
}

TEST(ConfigFiles, ReadsAFile) {
  const TempFolder folder;
  folder.Write("any.name", ListenerOn("plant", 1883));
  const config::LoadResult result = ConfigFiles(folder / "any.name").Load();
  ASSERT_TRUE(result.configuration) << ProblemsOf(result);
  EXPECT_EQ(result.configuration->ports.at(0).name, "plant/1883");
}

TEST(ConfigFiles, ReadsTheManifestsOfAFolderAndNothingElse) {
  const TempFolder folder;
  folder.Write("a.yaml", ListenerOn("one", 1883));
  folder.Write("b.yml", "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\n");
  folder.Write("c.json", R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "two"}})");
  folder.Write(".hidden.yaml", "nonsense");
  folder.Write("README.md", "nonsense: [");
  folder.Write("a.yaml~", "nonsense: [");
  folder.Write("other/d.yaml", "nonsense: [");
  const config::LoadResult result = ConfigFiles(folder.path()).Load();
  ASSERT_TRUE(result.configuration) << ProblemsOf(result);
  EXPECT_EQ(result.configuration->ports.size(), 1u);
}

TEST(ConfigFiles, ReadsMountedFolders) {
  const TempFolder folder;
  folder.Write("a.yaml", ListenerOn("plant", 8883, kEdgeTls));
  folder.Write("secrets/edge/tls.crt", kCertificate);
  folder.Write("secrets/edge/tls.key", kKey);
  folder.Write("secrets/edge/.hidden", "");
  folder.Write("secrets/a-file", "");
  folder.Write("configmaps/some-ca/ca.crt", kCertificate);
  const config::LoadResult result = ConfigFiles(folder.path()).Load();
  ASSERT_TRUE(result.configuration) << ProblemsOf(result);
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_EQ(result.configuration->ports.at(0).tls->certificates.at(0).key_pem.text(), kKey);
}

// In the middle of a swap: what is gone is still linked, what is new is not linked yet.
TEST(ConfigFiles, ReadsManifestsOfOneMoment) {
  const TempFolder folder;
  folder.Write("..2026_11_27/a.yaml", ListenerOn("one", 1883));
  folder.Write("..2026_11_27/new.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: new}\n");
  folder.Write("by-hand.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: by-hand}\n");
  fs::create_symlink("..2026_11_27", folder / "..data");
  fs::create_symlink("..data/a.yaml", folder / "a.yaml");
  fs::create_symlink("..data/old.yaml", folder / "old.yaml");
  const config::LoadResult result = ConfigFiles(folder.path()).Load();
  ASSERT_TRUE(result.configuration) << ProblemsOf(result);
  ASSERT_EQ(result.configuration->ports.size(), 1u);
  EXPECT_EQ(result.configuration->ports.at(0).settings.origin.file, (folder / "a.yaml").string());
}

// As Kubernetes lays out a volume: NAME/KEY -> ..data/KEY, ..data -> ..2026_11_26.
TEST(ConfigFiles, FollowsTheLinksOfKubernetes) {
  const TempFolder folder;
  folder.Write("a.yaml", ListenerOn("plant", 8883, kEdgeTls));
  folder.Write("secrets/edge/..2026_11_26/tls.crt", kCertificate);
  folder.Write("secrets/edge/..2026_11_26/tls.key", kKey);
  const fs::path edge = folder / "secrets/edge";
  fs::create_symlink("..2026_11_26", edge / "..data");
  fs::create_symlink("..data/tls.crt", edge / "tls.crt");
  fs::create_symlink("..data/tls.key", edge / "tls.key");
  const config::LoadResult result = ConfigFiles(folder.path()).Load();
  EXPECT_EQ(ProblemsOf(result), "");
  ASSERT_TRUE(result.configuration);
  EXPECT_TRUE(result.configuration->ports.at(0).waits_for.empty());
}

TEST(ConfigFiles, ReadsWhatValuesReferTo) {
  const TempFolder folder;
  setenv("SIGNET_TEST_EDGE_KEY", std::string(kKey).c_str(), 1);
  folder.Write("etc/a.yaml", ListenerOn("plant", 8883, kEdgeTls) +
                                 "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge}\n"
                                 "stringData:\n  tls.crt: file:../edge.crt\n"
                                 "  tls.key: ${SIGNET_TEST_EDGE_KEY}\n");
  ConfigFiles files(folder / "etc");
  EXPECT_EQ(ProblemsOf(files.Load()),
            (folder / "etc/a.yaml").string() +
                ":10: waiting: Secret edge, key tls.crt: the file \"../edge.crt\" does not exist: "
                "port plant/8883 is not opened\n");
  EXPECT_EQ(files.referenced(), std::vector<fs::path>{folder / "etc/../edge.crt"});
  folder.Write("edge.crt", kCertificate);
  const config::LoadResult result = files.Load();
  EXPECT_EQ(ProblemsOf(result), "");
  EXPECT_EQ(result.configuration->ports.at(0).tls->certificates.at(0).chain_pem, kCertificate);
  unsetenv("SIGNET_TEST_EDGE_KEY");
  EXPECT_FALSE(files.ReadVariable("SIGNET_TEST_EDGE_KEY"));
}

TEST(ConfigFiles, SayWhatCannotBeRead) {
  const TempFolder folder;
  const std::string path = folder.path().string();
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder / "nowhere").Load()),
            path + "/nowhere: does not exist\n");
  ASSERT_EQ(mkfifo((folder / "pipe.yaml").c_str(), 0600), 0);
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder / "pipe.yaml").Load()),
            path + "/pipe.yaml: is not a file\n");
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder.path()).Load()), path + "/pipe.yaml: is not a file\n");
  fs::remove(folder / "pipe.yaml");
  fs::create_symlink("nowhere", folder / "link.yaml");
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder.path()).Load()), path + "/link.yaml: does not exist\n");
}

TEST(ConfigFiles, AreNotReadBeyondTheirBounds) {
  const TempFolder folder;
  folder.Write("a.yaml", std::string(config::kMaxYamlBytes + 1, '#'));
  EXPECT_NE(ProblemsOf(ConfigFiles(folder.path()).Load()).find("4194304 are the most"),
            std::string::npos);
  folder.Write("a.yaml", std::string(config::kMaxYamlBytes, '#'));
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder.path()).Load()), "");
  folder.Write("secrets/edge/key", std::string(config::kMaxValueBytes + 1, 'x'));
  EXPECT_NE(ProblemsOf(ConfigFiles(folder.path()).Load()).find("1048576 are the most"),
            std::string::npos);
  folder.Write("secrets/edge/key", std::string(config::kMaxValueBytes, 'x'));
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder.path()).Load()), "");
}

TEST(ConfigFiles, OfAFolderAreNoMoreThanTheyMayBe) {
  const TempFolder folder;
  for (size_t i = 0; i < ConfigFiles::kMaxManifests; ++i) {
    folder.Write(fmt::format("{}.yaml", i), "");
  }
  EXPECT_EQ(ProblemsOf(ConfigFiles(folder.path()).Load()), "");
  folder.Write("a.yaml", "");
  EXPECT_NE(ProblemsOf(ConfigFiles(folder.path()).Load()).find("more than 1000 files"),
            std::string::npos);
}

}  // namespace
}  // namespace signet
