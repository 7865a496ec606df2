#include "tools/broker/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "core/base/utf8.h"
#include "core/broker/shard_context.h"
#include "core/config/markdown.h"
#include "core/mqtt/topic_name.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "tools/control/control_socket.h"

namespace signet {
namespace {

constexpr int kWrongUsage = 2;
constexpr const char* kDefaultListen = "127.0.0.1:1883";

// The longest Client Identifier that the broker makes itself is shorter.
constexpr uint64_t kMadeClientIdBytes = 64;
constexpr uint64_t kTopicBytes = 65'535;

constexpr std::array kFormats{std::pair("text", LogFormat::kText),
                              std::pair("json", LogFormat::kJson)};
constexpr std::array kLevels{
    std::pair("debug", LogLevel::kDebug), std::pair("info", LogLevel::kInfo),
    std::pair("warning", LogLevel::kWarning), std::pair("error", LogLevel::kError)};

constexpr std::array<std::string_view, 7> kFlags{
    "--check",        "--help",   "-h", "--no-pin", "--print-config-reference",
    "--print-limits", "--version"};

// What was typed, before it is looked at: values are our own matter, so that what is said of a
// wrong one is too.
struct Typed {
  std::vector<std::string> listen;
  std::string shards;
  std::vector<std::string> limits;
  std::string response_information;
  std::string log_format = "text";
  std::string log_level = "info";
  std::optional<std::string> config;
  std::string admin;
  std::string state;
  std::optional<std::string> control;
  bool check = false;
  bool print_config_reference = false;
  bool print_limits = false;
  bool no_pin = false;
};

void Describe(CLI::App& app, Typed* typed) {
  app.set_version_flag("--version", "signet " SIGNET_VERSION);
  app.set_help_flag("-h,--help", "Print this, and exit");
  app.add_option("--listen", typed->listen,
                 fmt::format("Port to listen on, without authentication; may be given several "
                             "times; {} if there is neither this nor --config",
                             kDefaultListen))
      ->type_name("ADDR:PORT")
      ->expected(1)
      ->take_all();
  app.add_option("--config", typed->config,
                 "File of manifests, or folder of such files; see docs/CONFIG.md")
      ->type_name("PATH");
  app.add_option("--admin", typed->admin,
                 "Port of the loopback interface for /metrics, /healthz and /readyz; there is none "
                 "by default")
      ->type_name("ADDR:PORT");
  app.add_option(
         "--control", typed->control,
         fmt::format("UNIX socket for signetctl, or `none`; by default {}, where its folder "
                     "exists",
                     kControlSocket))
      ->type_name("PATH");
  app.add_option("--state", typed->state,
                 "Folder of what the broker has to remember, its own certificates for one; by "
                 "default $STATE_DIRECTORY, or else /var/lib/signet")
      ->type_name("DIR");
  app.add_flag("--check", typed->check,
               "Check what --config names, print what is wrong with it, and exit");
  app.add_flag("--print-config-reference", typed->print_config_reference,
               "Print all fields of manifests, and exit");
  app.add_option("--shards", typed->shards, "Threads; by default one for each processor")
      ->type_name("N");
  app.add_flag("--no-pin", typed->no_pin, "Do not bind each thread to a processor of its own");
  app.add_option("--limit", typed->limits, "Set a limit; may be given several times")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  app.add_flag("--print-limits", typed->print_limits, "Print all limits, and exit");
  app.add_option("--response-information", typed->response_information,
                 "Prefix of the Response Information of MQTT 5; none is given without it")
      ->type_name("PREFIX");
  app.add_option("--log-format", typed->log_format, "How the log is written: text or json")
      ->type_name("FORMAT");
  app.add_option("--log-level", typed->log_level,
                 "The least that is logged: debug, info, warning or error")
      ->type_name("LEVEL");
}

std::string Quoted(std::string_view typed) { return fmt::format("\"{}\"", EscapeForLog(typed)); }

bool ParseNumber(std::string_view text, uint64_t* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

template <typename Names>
Status TakeName(std::string_view option, std::string_view typed, const Names& names,
                typename Names::value_type::second_type* value) {
  std::vector<std::string_view> all;
  for (const auto& [name, meaning] : names) {
    if (typed == name) {
      *value = meaning;
      return Status::Ok();
    }
    all.push_back(name);
  }
  return Status::Error(
      fmt::format("{}: {} is none of {}", option, Quoted(typed), fmt::join(all, ", ")));
}

Status TakeShards(std::string_view typed, uint32_t* shards) {
  uint64_t value = 0;
  if (!ParseNumber(typed, &value) || value < 1 || value > kMaxShards) {
    return Status::Error(fmt::format("--shards: {} is not a whole number from 1 to {}",
                                     Quoted(typed), uint32_t{kMaxShards}));
  }
  *shards = static_cast<uint32_t>(value);
  return Status::Ok();
}

Status TakeLimit(std::string_view typed, BrokerOptions* options) {
  const size_t equals = typed.find('=');
  uint64_t value = 0;
  if (equals == std::string_view::npos || !ParseNumber(typed.substr(equals + 1), &value)) {
    return Status::Error(
        fmt::format("--limit: {} is not NAME=VALUE with a whole number", Quoted(typed)));
  }
  const std::string_view name = typed.substr(0, equals);
  options->limits_typed.emplace_back(name, value);
  return SetLimit(name, value, &options->limits);
}

// With a Client Identifier behind it, it is where a Response Topic begins.
Status CheckResponseInformation(std::string_view prefix, const Limits& limits) {
  constexpr std::string_view kOption = "--response-information";
  const uint64_t behind = std::max(limits.client_id_bytes, kMadeClientIdBytes);
  const uint64_t most = kTopicBytes - std::min(behind, kTopicBytes);
  if (prefix.size() > most) {
    return Status::Error(
        fmt::format("{}: {} bytes are too many; with client_id_bytes={} behind "
                    "them, a topic has room for {}",
                    kOption, prefix.size(), limits.client_id_bytes, most));
  }
  if (!IsMqttUtf8(prefix)) {
    return Status::Error(fmt::format("{}: {} is not UTF-8", kOption, Quoted(prefix)));
  }
  if (HasWildcard(prefix)) {
    return Status::Error(
        fmt::format("{}: {} holds + or #, which no topic may", kOption, Quoted(prefix)));
  }
  return Status::Ok();
}

// Whoever reaches it may ask: it knows no authentication yet.
Status TakeAdmin(const std::string& typed, std::optional<SocketAddress>* admin) {
  if (typed.empty()) return Status::Ok();
  auto address = SocketAddress::Parse(typed);
  if (!address.ok()) return Status::Error("--admin: " + address.error().sentence());
  if (!address->is_loopback()) {
    return Status::Error(
        fmt::format("--admin: {} is not an address of the loopback interface", Quoted(typed)));
  }
  *admin = *address;
  return Status::Ok();
}

Status TakeControl(const std::optional<std::string>& typed, BrokerOptions* options) {
  options->control_typed = typed.has_value();
  if (typed && typed->empty()) return Status::Error("--control: there is no path");
  options->control = typed.value_or(std::string(kControlSocket));
  if (options->control == "none") options->control.clear();
  return Status::Ok();
}

Status Understand(const Typed& typed, BrokerOptions* options) {
  std::vector<std::string> listen = typed.listen;
  if (listen.empty() && !typed.config) listen.emplace_back(kDefaultListen);
  for (const std::string& text : listen) {
    auto address = SocketAddress::Parse(text);
    if (!address.ok()) return Status::Error("--listen: " + address.error().sentence());
    options->listen.push_back(*address);
  }
  if (Status status = TakeAdmin(typed.admin, &options->admin); !status.ok()) return status;
  for (const std::string& text : typed.limits) {
    if (Status status = TakeLimit(text, options); !status.ok()) return status;
  }
  if (Status status = TakeShards(typed.shards, &options->shards); !status.ok()) return status;
  if (Status status = TakeName("--log-format", typed.log_format, kFormats, &options->log_format);
      !status.ok()) {
    return status;
  }
  if (Status status = TakeName("--log-level", typed.log_level, kLevels, &options->log_level);
      !status.ok()) {
    return status;
  }
  options->response_information = typed.response_information;
  options->pin = !typed.no_pin;
  // What a script makes of an empty variable: without a configuration there would be no refusal.
  if (typed.config && typed.config->empty()) {
    return Status::Error("--config: there is no path");
  }
  options->config = typed.config.value_or("");
  options->state = typed.state;
  if (Status status = TakeControl(typed.control, options); !status.ok()) return status;
  options->check = typed.check;
  if (options->check && options->config.empty()) {
    return Status::Error("--check needs --config, which says what to check");
  }
  return CheckResponseInformation(options->response_information, options->limits);
}

// CLI11 reads `--no-pin=false`, and -7 and `on` too, and takes no offence at `--no-pin=`.
Status CheckFlags(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view typed = argv[i];
    const std::string_view name = typed.substr(0, typed.find('='));
    if (name.size() < typed.size() && std::ranges::count(kFlags, name) > 0) {
      return Status::Error(fmt::format("{} takes no value", name));
    }
  }
  return Status::Ok();
}

CommandLine::Exit WrongUsage(std::string_view sentence) {
  return {.code = kWrongUsage, .error = fmt::format("signet: {}; see signet --help\n", sentence)};
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, uint32_t processors) {
  CommandLine line;
  Typed typed{.shards = fmt::format("{}", std::clamp(processors, 1u, uint32_t{kMaxShards}))};
  CLI::App app("Signet, an MQTT 3.1.1 and 5.0 broker", "signet");
  Describe(app, &typed);
  if (Status status = CheckFlags(argc, argv); !status.ok()) {
    line.exit = WrongUsage(status.sentence());
    return line;
  }
  try {
    app.parse(argc, argv);
    line.options.shards_typed = app.count("--shards") > 0;
    line.options.log_format_typed = app.count("--log-format") > 0;
    line.options.log_level_typed = app.count("--log-level") > 0;
  } catch (const CLI::CallForVersion& call) {
    line.exit = {.output = fmt::format("{}\n", call.what())};
    return line;
  } catch (const CLI::CallForHelp&) {
    line.exit = {.output = app.help()};
    return line;
  } catch (const CLI::Error& error) {
    line.exit = WrongUsage(EscapeForLog(error.what()));  // It repeats what was typed.
    return line;
  }
  if (typed.print_limits) line.exit = {.output = LimitsAsMarkdown()};
  if (typed.print_config_reference) line.exit = {.output = config::ReferenceAsMarkdown()};
  if (Status status = Understand(typed, &line.options); !status.ok()) {
    line.exit = WrongUsage(status.sentence());
  }
  return line;
}

BrokerOptions WithConfiguration(BrokerOptions options, const config::Broker& broker) {
  options.limits = Limits();
  config::ApplyLimits(broker, &options.limits);
  for (const auto& [name, value] : options.limits_typed) {
    CHECK(SetLimit(name, value, &options.limits).ok());
  }
  if (broker.shards && !options.shards_typed) {
    options.shards = static_cast<uint32_t>(*broker.shards);
  }
  const config::LogSettings& logs = broker.diagnostics.logs;
  if (logs.format && !options.log_format_typed) {
    options.log_format =
        *logs.format == config::LogFormatName::kJson ? LogFormat::kJson : LogFormat::kText;
  }
  if (const auto level = broker.log_level(); level && !options.log_level_typed) {
    options.log_level = *level;
  }
  return options;
}

std::string LimitsAsMarkdown() {
  const Limits defaults;
  std::string text =
      "| limit | default | from | to | of what | what happens at it |\n"
      "|---|---:|---:|---:|---|---|\n";
  for (const LimitInfo& limit : AllLimits()) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", limit.name, defaults.*limit.value,
                        limit.least, limit.most, limit.unit, limit.meaning);
  }
  return text;
}

}  // namespace signet
