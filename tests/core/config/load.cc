#include "tests/core/config/load.h"

#include "fmt/format.h"

namespace signet::config {

StatusOr<SecretBytes> FakeReader::ReadFile(std::string_view path, std::string_view /*manifest*/) {
  const auto found = files.find(path);
  if (found == files.end()) return Status::Error("does not exist");
  return SecretBytes(found->second);
}

std::optional<SecretBytes> FakeReader::ReadVariable(std::string_view name) {
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return SecretBytes(found->second);
}

LoadResult Load(std::string_view text, FakeReader* reader) {
  ConfigSources sources;
  sources.manifests.push_back({.name = "a.yaml", .text = SecretBytes(text)});
  return LoadConfiguration(sources, reader);
}

LoadResult Load(std::string_view text) {
  FakeReader reader;
  return Load(text, &reader);
}

std::string ProblemsOf(const LoadResult& result) {
  std::string lines;
  for (const Problem& problem : result.problems) {
    if (!lines.empty()) lines += '\n';
    lines += ToLine(problem);
  }
  return lines;
}

std::string CaConfigMap(std::string_view name) {
  return fmt::format(
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {0}}}\ndata:\n"
      "  ca.crt: \"-----BEGIN CERTIFICATE-----\\n{0}\\n-----END CERTIFICATE-----\"\n",
      name);
}

std::string TlsSecret(std::string_view name) {
  return fmt::format(
      "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {0}}}\nstringData:\n"
      "  tls.crt: \"-----BEGIN CERTIFICATE-----\\n{0}\\n-----END CERTIFICATE-----\"\n"
      "  tls.key: \"-----BEGIN PRIVATE KEY-----\\n{0}\\n-----END PRIVATE KEY-----\"\n",
      name);
}

std::string Listener(std::string_view ports) {
  return fmt::format(
      "---\napiVersion: {}\nkind: BrokerListener\nmetadata: {{name: plant}}\nspec:\n"
      "  ports: [{}]\n",
      kGroup, ports);
}

}  // namespace signet::config
