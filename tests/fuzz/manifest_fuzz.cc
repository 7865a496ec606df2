// A file of manifests, from its bytes to a configuration. Whatever stands there, what is said of it
// is printable, and either there is a configuration that keeps its promises or there is an error.
// Input: the file.
#include <set>
#include <string>

#include "core/base/check.h"
#include "core/config/configuration.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::manifest_fuzz {
namespace {

using namespace signet::config;  // NOLINT(google-build-using-namespace): what is tested here.

// Everything that is referred to is there, or nothing is.
class AllOrNothing : public ConfigReader {
 public:
  explicit AllOrNothing(bool all) : all_(all) {}
  StatusOr<SecretBytes> ReadFile(std::string_view path, std::string_view /*manifest*/) override {
    if (!all_) return Status::Error("does not exist");
    return SecretBytes(path);
  }
  std::optional<SecretBytes> ReadVariable(std::string_view name) override {
    if (!all_) return std::nullopt;
    return SecretBytes(name);
  }

 private:
  const bool all_;
};

LoadResult Load(std::string_view text, bool all) {
  ConfigSources sources;
  sources.manifests.push_back({.name = "a", .text = SecretBytes(text)});
  AllOrNothing reader(all);
  return LoadConfiguration(sources, &reader);
}

void CheckProblems(const LoadResult& result) {
  bool has_error = false;
  for (const Problem& problem : result.problems) {
    CHECK(!problem.sentence.empty() && IsPrintableLine(ToLine(problem)));
    has_error = has_error || problem.severity == Severity::kError;
  }
  CHECK(result.configuration.has_value() == !has_error);
}

void CheckPort(const Configuration& configuration, const ResolvedPort& port) {
  const ListenerPort& settings = port.settings;
  CHECK(settings.port.has_value() != settings.unix_socket.has_value());
  CHECK(settings.tls.has_value() == port.tls.has_value());
  if (!port.waits_for.empty()) return;
  const BrokerAuthentication* authentication = nullptr;
  if (!settings.authentication.empty()) {
    const auto found = configuration.authentications.find(settings.authentication.name);
    CHECK(found != configuration.authentications.end());
    authentication = &found->second;
  }
  CHECK(settings.authorization.empty() ||
        configuration.authorizations.contains(settings.authorization.name));
  const bool asks =
      authentication != nullptr && authentication->Has(AuthenticationMethodName::kX509);
  CHECK(!asks || port.tls.has_value());
  if (!port.tls) return;
  CHECK(asks == (port.tls->client_certificates != ClientCertificates::kNone));
  CHECK(!asks || (!port.tls->session_tickets && !port.tls->client_ca_pem.empty()));
  CHECK(port.tls->automatic.has_value() || !port.tls->certificates.empty());
  for (const Certificate& certificate : port.tls->certificates) {
    CHECK(!certificate.chain_pem.empty() && !certificate.key_pem.empty());
  }
}

void CheckConfiguration(const Configuration& configuration) {
  Limits limits;
  ApplyLimits(configuration.broker, &limits);
  for (const LimitInfo& limit : AllLimits()) {
    CHECK(limits.*limit.value >= limit.least && limits.*limit.value <= limit.most);
  }
  std::set<std::string> names;
  std::set<uint64_t> ports;
  for (const ResolvedPort& port : configuration.ports) {
    CHECK(names.insert(port.name).second);
    const uint64_t number = port.settings.port.value_or(0);
    CHECK(number <= 65'535 && (number == 0 || ports.insert(number).second));
    CheckPort(configuration, port);
  }
}

}  // namespace

FUZZ_TARGET(manifest) {
  using config::LoadResult;
  const std::string_view text = AsText({data, size});
  const LoadResult result = Load(text, false);
  CheckProblems(result);
  if (result.configuration) CheckConfiguration(*result.configuration);

  const LoadResult complete = Load(text, true);
  CheckProblems(complete);
  if (complete.configuration) CheckConfiguration(*complete.configuration);

  // Where it stands is not part of it.
  if (!result.configuration || text.starts_with("\xEF\xBB\xBF")) return 0;
  const LoadResult moved = Load("# A line more.\n" + std::string(text), false);
  CHECK(moved.configuration == result.configuration);
  CHECK(moved.problems.size() == result.problems.size());
  for (size_t i = 0; i < moved.problems.size(); ++i) {
    CHECK(moved.problems[i].sentence == result.problems[i].sentence ||
          moved.problems[i].sentence.find("a:") != std::string::npos);  // It names another line.
    CHECK(moved.problems[i].origin.line == result.problems[i].origin.line + 1 ||
          result.problems[i].origin.line == 0);
  }
  return 0;
}

}  // namespace signet::fuzz::manifest_fuzz
