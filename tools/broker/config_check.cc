#include "tools/broker/config_check.h"

#include <chrono>
#include <cstdio>

#include "core/base/log.h"
#include "fmt/format.h"
#include "net/tls/issuing_ca.h"
#include "tools/broker/config_files.h"
#include "tools/broker/port_maker.h"

namespace signet {
namespace {

// Nothing is kept, and no key is made that takes its time: whether one could be is not the
// configuration's matter.
class PassingCertificates : public CertificateSource {
 public:
  StatusOr<TlsIdentity> Issue(std::string_view port, const config::CertificateSettings& settings,
                              int64_t now_s) override {
    auto ca = IssuingCa::Create(now_s);
    if (!ca.ok()) return ca.error();
    auto issued =
        ca->Issue({.dns = settings.san.dns, .ips = settings.san.ip}, /*previous=*/nullptr, now_s);
    if (!issued.ok()) return issued.error();
    return TlsIdentity{.name = std::string(port),
                       .chain_pem = std::move(issued->chain_pem),
                       .key_pem = std::move(issued->key_pem)};
  }
};

// Takes warnings of one port, and says where that stands.
class Collected : public LogSink {
 public:
  explicit Collected(const config::Origin& origin) : origin_(origin) {}
  void Write(LogLevel, std::string_view, std::initializer_list<LogField> fields) override {
    std::string sentence;
    for (const LogField& field : fields) {
      sentence += fmt::format("{}{}", sentence.empty() ? "" : " ", EscapeForLog(field.value));
    }
    lines_ += config::ToLine({.severity = config::Severity::kWarning,
                              .origin = origin_,
                              .sentence = std::move(sentence)}) +
              '\n';
  }
  const std::string& lines() const { return lines_; }

 private:
  const config::Origin& origin_;
  std::string lines_;
};

// Certificates that do not fit their keys, and their like, show only when ports are made: each by
// itself, so that all of them are heard of.
void JudgePorts(const config::Configuration& configuration, ConfigVerdict* verdict) {
  PassingCertificates certificates;
  const auto wall_clock = std::chrono::system_clock::now().time_since_epoch();
  const int64_t now_s = std::chrono::duration_cast<seconds>(wall_clock).count();
  config::Configuration one = configuration;
  for (const config::ResolvedPort& port : configuration.ports) {
    one.ports.assign(1, port);
    const config::Origin& origin = port.settings.origin;
    Collected warnings(origin);
    const auto made = PortMaker(&certificates, &warnings).Make(one, now_s, Instant());
    verdict->output += warnings.lines();
    if (made.ok()) continue;
    verdict->output +=
        config::ToLine({.origin = origin, .sentence = made.error().sentence()}) + '\n';
    verdict->exit_code = 1;
  }
}

}  // namespace

ConfigVerdict JudgeConfig(const std::filesystem::path& where) {
  const config::LoadResult loaded = ConfigFiles(where).Load();
  ConfigVerdict verdict;
  for (const config::Problem& problem : loaded.problems) {
    verdict.output += config::ToLine(problem) + '\n';
    if (problem.severity != config::Severity::kWarning) verdict.exit_code = 1;
  }
  if (loaded.configuration) JudgePorts(*loaded.configuration, &verdict);
  if (verdict.exit_code == 0) {
    verdict.output += fmt::format("{}: the configuration is good; ports: {}\n", where.string(),
                                  loaded.configuration->ports.size());
  }
  return verdict;
}

int CheckConfig(const std::filesystem::path& where) {
  const ConfigVerdict verdict = JudgeConfig(where);
  std::fputs(verdict.output.c_str(), stdout);
  return verdict.exit_code;
}

}  // namespace signet
