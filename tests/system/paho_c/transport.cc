#include "tests/system/paho_c/transport.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <vector>

namespace signet {
namespace {

namespace fs = std::filesystem;

fs::path MakeFolder() {
  std::string pattern = (fs::temp_directory_path() / "signet-XXXXXX").string();
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  return pattern;
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(MakeFolder()) {}
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

 private:
  const fs::path path_;
};

// The first one is the program. It must end well.
void RunProgram(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  EXPECT_EQ(posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_EQ(status, 0) << argv[0];
}

// Holds server.crt and server.key.
const fs::path& CertificateFolder() {
  static const TemporaryFolder folder;
  const fs::path certificate = folder.path() / "server.crt";
  if (!fs::exists(certificate)) {
    RunProgram({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "30", "-subj", "/CN=server", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", folder.path() / "server.key", "-out",
                certificate});
  }
  return folder.path();
}

}  // namespace

std::string SchemeOf(Transport transport) { return IsEncrypted(transport) ? "ssl" : "tcp"; }

bool IsEncrypted(Transport transport) { return transport == Transport::kTls; }

fs::path ServerCertificate() { return CertificateFolder() / "server.crt"; }

TransportManifest::TransportManifest(Transport transport) {
  if (transport == Transport::kTcp) return;
  folder_ = MakeFolder();
  std::ofstream file(folder_ / "signet.yaml");
  file << fmt::format(
      "apiVersion: mqttbroker.iotoperations.azure.com/v1\n"
      "kind: BrokerListener\n"
      "metadata: {{name: test}}\n"
      "spec:\n"
      "  ports:\n"
      "    - port: 0\n"
      "      address: 127.0.0.1\n"
      "      tls: {{mode: Manual, manual: {{secretRef: server}}}}\n"
      "---\n"
      "apiVersion: v1\n"
      "kind: Secret\n"
      "metadata: {{name: server}}\n"
      "stringData: {{tls.crt: 'file:{0}/server.crt', tls.key: 'file:{0}/server.key'}}\n",
      CertificateFolder().string());
}

TransportManifest::~TransportManifest() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

BrokerProcess::Options TransportManifest::Options(uint32_t shards) const {
  BrokerProcess::Options options{.arguments = {"--shards", std::to_string(shards), "--no-pin"}};
  if (folder_.empty()) return options;
  options.listen = false;
  options.arguments.insert(options.arguments.end(), {"--config", folder_.string()});
  return options;
}

}  // namespace signet
