#include "tools/broker/service.h"

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "fmt/format.h"
#include "net/uring/explain.h"
#include "tools/broker/auth_maker.h"
#include "tools/broker/machine.h"
#include "tools/broker/metrics.h"
#include "tools/control/control_desk.h"

namespace signet {
namespace {

constexpr Duration kLookAround = seconds(1);
// Between two attempts to renew certificates, the first of which has failed.
constexpr Duration kRenewalPause = seconds(60);

Instant Now() { return Instant(std::chrono::steady_clock::now().time_since_epoch()); }

int64_t WallClock_s() {
  return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

LogLevel LogLevelOf(config::Severity severity) {
  return severity == config::Severity::kError ? LogLevel::kError : LogLevel::kWarning;
}

void LogProblems(const std::vector<config::Problem>& problems, LogSink& log) {
  for (const config::Problem& problem : problems) {
    log.Write(LogLevelOf(problem.severity), "configuration",
              {{"where", config::PlaceOf(problem.origin)},
               {"what", problem.sentence},
               {"severity", problem.severity == config::Severity::kWaiting ? "the port waits"
                            : problem.severity == config::Severity::kError ? "error"
                                                                           : "warning"}});
  }
}

// Whether a port lets in whom the settings would not, whatever they refer to.
bool HasLess(const PortSettings& open, const config::ListenerPort& wanted) {
  const bool has_policy = open.authorization != nullptr && !open.authorization->policy.empty();
  return (open.authentication == nullptr && !wanted.authentication.empty()) ||
         (!has_policy && !wanted.authentication.empty() && !wanted.authorization.empty()) ||
         (!open.is_encrypted && wanted.tls.has_value());
}

void WarnIfOpenToAll(const PortSettings& port, LogSink& log) {
  if (port.authentication != nullptr || port.address.is_local()) return;
  log.Write(LogLevel::kWarning, "whoever reaches this port is let in without authentication",
            {{"port", port.name}});
}

}  // namespace

StatusOr<std::unique_ptr<Service>> Service::Start(const BrokerOptions& typed,
                                                  const BrokerOptions& options,
                                                  config::LoadResult loaded,
                                                  const sigset_t& signals, BrokerLog* log) {
  Socket descriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor) {
    return Status::Error(fmt::format("cannot make a signalfd: {}", ExplainNoDescriptor(errno)));
  }
  std::unique_ptr<Service> service(new Service(typed, options, std::move(descriptor), log));
  Status status = service->Launch(std::move(loaded.configuration));
  if (!status.ok()) return status;
  LogProblems(loaded.problems, *log);
  return service;
}

Service::Service(const BrokerOptions& typed, const BrokerOptions& options, Socket signals,
                 BrokerLog* log)
    : signals_(std::move(signals)),
      typed_(typed),
      options_(options),
      log_(*log),
      certificates_(options.state),
      maker_(&certificates_, log) {}

Status Service::Launch(std::optional<config::Configuration> configuration) {
  if (!options_.config.empty()) {
    auto watch = ConfigWatch::Start(options_.config);
    if (!watch.ok()) return watch.error();
    watch_ = std::move(*watch);
  }
  if (Status status = OpenAdmin(); !status.ok()) return status;
  if (Status status = OpenControl(); !status.ok()) return status;
  auto ports = MakePorts(configuration ? &*configuration : nullptr);
  if (!ports.ok()) return ports.error();
  const uint64_t memory = options_.limits.memory_bytes;
  auto group = ShardGroup::Start({.shards = options_.shards,
                                  .ports = *ports,
                                  .limits = options_.limits,
                                  .memory_bytes = memory != 0 ? memory : MemoryBytes() / 2,
                                  .response_information = options_.response_information,
                                  .make_auth_desk = MakeAuth(),
                                  .pin = options_.pin},
                                 &log_);
  if (!group.ok()) return group.error();
  group_ = std::move(*group);
  ports_ = std::move(*ports);
  configuration_ = std::move(configuration);
  NoteRenewal();
  LogDifference({});
  for (const PortSettings& port : ports_) WarnIfOpenToAll(port, log_);
  // What its values refer to is known only now, and something may have changed since it was read.
  if (watch_ != nullptr) Reload();
  return Status::Ok();
}

// Before the broker's own ports, so that a wrong one is found before clients come.
Status Service::OpenAdmin() {
  if (!options_.admin) return Status::Ok();
  std::string host = options_.admin->ToText();
  host.resize(host.rfind(':'));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  auto admin = AdminPort::Open(host, options_.admin->port());
  if (!admin.ok()) return admin.error();
  admin_ = std::move(*admin);
  SocketAddress address = *options_.admin;
  address.set_port(admin_->port());
  log_.Write(LogLevel::kInfo, fmt::format("operators ask on {}", address.ToText()), {});
  return Status::Ok();
}

// Where nobody asked for one, the broker does without: another one may have it already.
Status Service::OpenControl() {
  const std::string& path = options_.control;
  if (path.empty()) return Status::Ok();
  std::error_code error;
  const bool has_folder =
      std::filesystem::is_directory(std::filesystem::path(path).parent_path(), error);
  if (!options_.control_typed && !has_folder) return Status::Ok();
  auto control = ControlPort::Open(path);
  if (control.ok()) {
    control_ = std::move(*control);
    log_.Write(LogLevel::kInfo, "signetctl is answered", {{"path", path}});
    return Status::Ok();
  }
  if (options_.control_typed) return control.error();
  log_.Write(LogLevel::kWarning, "signetctl is not answered",
             {{"why", control.error().sentence()}});
  return Status::Ok();
}

// A port that was open and would have to wait now, for a certificate that is gone perhaps, stays as
// it is: whoever removes something by mistake does not lock anybody out, and nothing opens wider.
// But without what it never had it does not stay.
StatusOr<std::vector<PortSettings>> Service::MakePorts(const config::Configuration* configuration) {
  std::vector<PortSettings> ports;
  for (const SocketAddress& address : options_.listen) {
    ports.push_back({.name = address.ToText(), .address = address});
  }
  if (configuration == nullptr) return ports;
  certificates_.ForgetAll();
  auto made = maker_.Make(*configuration, WallClock_s(), Now());
  if (!made.ok()) return made.error();
  std::ranges::move(*made, std::back_inserter(ports));
  for (const config::ResolvedPort& port : configuration->ports) {
    if (port.waits_for.empty()) continue;
    const auto open = std::ranges::find(ports_, port.name, &PortSettings::name);
    if (open == ports_.end() || HasLess(*open, port.settings)) continue;
    ports.push_back(*open);
    log_.Write(LogLevel::kWarning,
               "the port is open, and stays as it was until it has what it needs",
               {{"port", port.name},
                {"authentication", open->authentication == nullptr ? "none" : "as before"}});
  }
  return ports;
}

// -- Reloading.

void Service::Reload() {
  ConfigFiles files(options_.config);
  config::LoadResult loaded = files.Load();
  if (watch_ != nullptr) watch_->SetReferenced(files.referenced());
  if (!loaded.configuration) {
    LogProblems(loaded.problems, log_);
    log_.Write(LogLevel::kError, "the configuration is refused, and the old one stays", {});
    return;
  }
  const auto explained_alike = [](const auto& one, const auto& other) {
    return config::StandAtSamePlaces(one.second, other.second);
  };
  if (configuration_ == loaded.configuration &&
      std::ranges::equal(configuration_->authorizations, loaded.configuration->authorizations,
                         explained_alike)) {
    return;
  }
  LogProblems(loaded.problems, log_);
  Put(*loaded.configuration, "configuration reloaded");
}

void Service::Put(const config::Configuration& configuration, std::string_view what) {
  const BrokerOptions options = WithConfiguration(typed_, configuration.broker);
  auto ports = MakePorts(&configuration);
  const std::vector<ListenAddress> before = group_->addresses();
  const Status status = ports.ok() ? group_->Apply(*ports, options.limits) : ports.error();
  if (!status.ok()) {
    log_.Write(LogLevel::kError, "the configuration is refused, and the old one stays",
               {{"why", status.sentence()}});
    return;
  }
  if (options.shards != options_.shards || options.log_format != options_.log_format ||
      options.limits.memory_bytes != options_.limits.memory_bytes) {
    log_.Write(LogLevel::kWarning,
               "shards, the log's format and memory_bytes change when the broker is started again",
               {});
  }
  log_.SetLeast(options.log_level);
  for (const PortSettings& port : *ports) {
    const auto same = [&](const PortSettings& one) {
      return one.name == port.name && one.authentication == nullptr;
    };
    if (std::ranges::none_of(ports_, same)) WarnIfOpenToAll(port, log_);
  }
  ports_ = std::move(*ports);
  configuration_ = configuration;
  NoteRenewal();
  log_.Write(LogLevel::kInfo, what, {{"ports", fmt::format("{}", ports_.size())}});
  LogDifference(before);
}

// Only of what is in effect: a configuration that is refused halfway has asked for some of its
// certificates, and those of the old one are renewed all the same.
void Service::NoteRenewal() {
  renew_at_s_ = std::min(certificates_.renew_at_s(), maker_.replace_at_s());
}

void Service::LogDifference(const std::vector<ListenAddress>& before) {
  const auto has = [](const std::vector<ListenAddress>& all, const ListenAddress& one) {
    return std::ranges::find(all, one.ToText(), &ListenAddress::ToText) != all.end();
  };
  const std::vector<ListenAddress> now = group_->addresses();
  for (const ListenAddress& address : now) {
    if (has(before, address)) continue;
    log_.Write(LogLevel::kInfo, fmt::format("listening on {}", address.ToText()), {});
  }
  for (const ListenAddress& address : before) {
    if (has(now, address)) continue;
    log_.Write(LogLevel::kInfo, fmt::format("no longer listening on {}", address.ToText()), {});
  }
}

// -- The control thread's life.

int Service::Serve() {
  Instant look_at = Now();
  while (true) {
    Instant until = look_at;
    if (watch_ != nullptr) {
      if (const auto timeout = watch_->Timeout(Now())) until = std::min(until, Now() + *timeout);
    }
    std::array<pollfd, 4> events{
        {{.fd = signals_.fd(), .events = POLLIN, .revents = 0},
         {.fd = watch_ != nullptr ? watch_->fd() : -1, .events = POLLIN, .revents = 0},
         {.fd = admin_ != nullptr ? admin_->fd() : -1, .events = POLLIN, .revents = 0},
         {.fd = control_ != nullptr ? control_->fd() : -1, .events = POLLIN, .revents = 0}}};
    const Duration wait = std::max(until - Now(), Duration::zero());
    poll(events.data(), events.size(),
         static_cast<int>(std::chrono::ceil<milliseconds>(wait).count()));
    signalfd_siginfo signal{};
    if (read(signals_.fd(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo != SIGHUP) return static_cast<int>(signal.ssi_signo);
      log_.Write(LogLevel::kInfo, "reloading", {{"signal", "SIGHUP"}});
      if (!options_.config.empty()) Reload();
    }
    if (watch_ != nullptr && watch_->TakeChange(Now())) Reload();
    if (admin_ != nullptr) admin_->Answer([this] { return TakeSnapshot(); });
    if (control_ != nullptr) {
      control_->Answer([this](const ControlQuestion& question) {
        return ControlDesk(group_.get(), &log_).Answer(question);
      });
    }
    if (Now() >= look_at) {
      LookAround();
      look_at = Now() + kLookAround;
    }
  }
}

AdminPort::Snapshot Service::TakeSnapshot() {
  AdminPort::Snapshot snapshot;
  auth::AuthReport report;
  group_->AskAuth([&](AuthThread& thread) { report = ReportOf(thread.desk()); });
  snapshot.metrics = MetricsOf(group_->Sum(), report);
  if (!configuration_) return snapshot;
  for (const config::ResolvedPort& port : configuration_->ports) {
    const bool open = std::ranges::find(ports_, port.name, &PortSettings::name) != ports_.end();
    if (!open) snapshot.not_ready = fmt::format("port {} is not open", port.name);
  }
  return snapshot;
}

void Service::Drain() {
  if (admin_ != nullptr) admin_->Drain();
  if (control_ != nullptr) control_->Drain();
  group_->Drain();
}

void Service::LookAround() {
  const ShardGroup::Held held = group_->TakeHeld();
  trim_.Look(held.bytes, held.most);
  maker_.RotateTickets(Now());
  if (configuration_ && renew_at_s_ <= WallClock_s() && renew_from_ <= Now()) {
    renew_from_ = Now() + kRenewalPause;
    Put(config::Configuration(*configuration_), "certificates renewed");
  }
}

}  // namespace signet
