#include "tools/broker/options.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "CLI/CLI.hpp"
#include "core/broker/shard_context.h"
#include "fmt/format.h"

namespace signet {
namespace {

constexpr int kWrongUsage = 2;

// What was typed, before it is looked at.
struct Typed {
  std::vector<std::string> listen{"127.0.0.1:1883"};
  std::vector<std::string> limits;
  bool print_limits = false;
  bool no_pin = false;
};

void Describe(CLI::App& app, Typed* typed, BrokerOptions* options) {
  app.set_version_flag("--version", "signet " SIGNET_VERSION);
  app.set_help_flag("-h,--help", "Print this, and exit");
  app.add_option("--listen", typed->listen,
                 "Port to listen on, without authentication; may be given several times")
      ->type_name("ADDR:PORT")
      ->expected(1)
      ->take_all()
      ->capture_default_str();
  app.add_option("--shards", options->shards, "Threads; by default one for each processor")
      ->check(CLI::Range(uint32_t{1}, uint32_t{kMaxShards}))
      ->type_name("N");
  app.add_flag("--no-pin", typed->no_pin, "Do not bind each thread to a processor of its own");
  app.add_option("--limit", typed->limits, "Set a limit; may be given several times")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  app.add_flag("--print-limits", typed->print_limits, "Print all limits, and exit");
  app.add_option("--response-information", options->response_information,
                 "Prefix of the Response Information of MQTT 5; none is given without it")
      ->type_name("PREFIX");
  static const std::map<std::string, LogFormat> formats{{"text", LogFormat::kText},
                                                        {"json", LogFormat::kJson}};
  app.add_option("--log-format", options->log_format, "How the log is written: text or json")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  static const std::map<std::string, LogLevel> levels{{"debug", LogLevel::kDebug},
                                                      {"info", LogLevel::kInfo},
                                                      {"warning", LogLevel::kWarning},
                                                      {"error", LogLevel::kError}};
  app.add_option("--log-level", options->log_level,
                 "The least that is logged: debug, info, warning or error")
      ->transform(CLI::CheckedTransformer(levels).description(""))
      ->type_name("LEVEL");
}

Status TakeLimit(std::string_view typed, Limits* limits) {
  const size_t equals = typed.find('=');
  const std::string_view number =
      equals == std::string_view::npos ? std::string_view() : typed.substr(equals + 1);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || number.empty()) {
    return Status::Error(fmt::format("--limit {}: write NAME=VALUE with a whole number", typed));
  }
  return SetLimit(typed.substr(0, equals), value, limits);
}

Status Understand(const Typed& typed, BrokerOptions* options) {
  for (const std::string& text : typed.listen) {
    auto address = SocketAddress::Parse(text);
    if (!address.ok()) return Status::Error("--listen: " + address.error().sentence());
    options->listen.push_back(*address);
  }
  for (const std::string& text : typed.limits) {
    if (Status status = TakeLimit(text, &options->limits); !status.ok()) return status;
  }
  options->pin = !typed.no_pin;
  return Status::Ok();
}

CommandLine::Exit WrongUsage(std::string_view sentence) {
  // Some of CLI11's explanations have several lines.
  return {.code = kWrongUsage,
          .error = fmt::format("signet: {}; see signet --help\n",
                               sentence.substr(0, sentence.find('\n')))};
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv, uint32_t processors) {
  CommandLine line;
  line.options.shards = std::clamp(processors, 1u, uint32_t{kMaxShards});
  Typed typed;
  CLI::App app("Signet, an MQTT 3.1.1 and 5.0 broker", "signet");
  Describe(app, &typed, &line.options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion& call) {
    line.exit = {.output = fmt::format("{}\n", call.what())};
    return line;
  } catch (const CLI::CallForHelp&) {
    line.exit = {.output = app.help()};
    return line;
  } catch (const CLI::Error& error) {
    line.exit = WrongUsage(error.what());
    return line;
  }
  if (typed.print_limits) line.exit = {.output = LimitsAsMarkdown()};
  if (Status status = Understand(typed, &line.options); !status.ok()) {
    line.exit = WrongUsage(status.sentence());
  }
  return line;
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
