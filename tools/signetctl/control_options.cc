#include "tools/signetctl/control_options.h"

#include <array>
#include <string_view>
#include <utility>

#include "CLI/CLI.hpp"
#include "fmt/format.h"
#include "tools/control/control_socket.h"

namespace signet {
namespace {

using Verb = ControlOptions::Verb;

}  // namespace

ControlCommands::ControlCommands(CLI::App* app) {
  options_.socket = kControlSocket;
  CLI::App* clients = Add(app, Verb::kClients, "clients",
                          "Lists who is connected, by which credential until when.");
  clients->add_flag("--absent", options_.with_absent, "Also Sessions whose client is away");
  CLI::App* client =
      Add(app, Verb::kClient, "client",
          "Tells of one client: who it is, by which credential, its Subscriptions and its queue.");
  CLI::App* kick = Add(app, Verb::kKick, "kick",
                       "Disconnects a client (0x98). It may come again, and its Session stays.");
  for (CLI::App* each : {client, kick}) {
    each->add_option("ID", options_.client_id, "Its Client Identifier")->required();
  }
  DefineRevoke(Add(app, Verb::kRevoke, "revoke",
                   "Disconnects (0x87) who is in by this credential, and has whoever comes with it "
                   "judged anew. One token or certificate is also kept out, until it ends or the "
                   "broker does."));
  DefineExplain(Add(app, Verb::kExplain, "explain",
                    "Says whether a client may do something, and by which rule or for want of "
                    "what. Ends with 0 if it may, with 1 if not."));
}

CLI::App* ControlCommands::Add(CLI::App* app, Verb verb, const char* name, const char* meaning) {
  CLI::App* command = app->add_subcommand(name, meaning);
  command->add_option("--socket", options_.socket,
                      fmt::format("Where the broker answers; {} by default", kControlSocket));
  command->add_flag("--json", options_.json,
                    "Print the broker's answers as they come, a line each");
  commands_.push_back({.app = command, .verb = verb});
  return command;
}

void ControlCommands::DefineRevoke(CLI::App* revoke) {
  revoke->add_option("--username", revoked_username_, "Who is in by this username");
  revoke->add_option("--service-account", service_account_, "NAMESPACE/NAME, of Kubernetes");
  revoke->add_option("--subject", subject_,
                     "The subject of a token or a certificate, as `client` prints it");
  revoke->add_option("--jti", jti_, "One token of --issuer");
  revoke->add_option(
      "--serial", serial_,
      "One certificate by its serial number, in hexadecimal digits; of every issuer, "
      "if --issuer is not given");
  revoke->add_option("--issuer", options_.issuer, "Of --jti or --serial, as `client` prints it");
}

void ControlCommands::DefineExplain(CLI::App* explain) {
  explain->add_option("ACTION", options_.action, "publish, subscribe or connect")->required();
  explain->add_option("TOPIC", options_.topic, "The Topic Name or Topic Filter");
  explain
      ->add_option("--qos", options_.qos,
                   "Of the PUBLISH or the Subscription; by default one that is allowed will do")
      ->check(CLI::Range(0, 2));
  explain->add_flag("--retain", options_.retain, "Of the PUBLISH");
  explain->add_option("--client", options_.client_id,
                      "The Client Identifier of one that is there; with --username or --attribute, "
                      "the one that it would have");
  explain->add_option("--username", options_.username, "Of a client that need not exist");
  explain
      ->add_option("--attribute", options_.attributes,
                   "Likewise, NAME=VALUE; may be given several times")
      ->allow_extra_args(false);  // What follows it is ACTION.
  explain->add_option("--listener", options_.listener,
                      "Where that one would connect: a listener or a port of it; by default the "
                      "only one with a policy");
}

std::optional<ControlOptions> ControlCommands::Typed() const {
  for (const Command& command : commands_) {
    if (!command.app->parsed()) continue;
    ControlOptions options = options_;
    options.verb = command.verb;
    const std::array<std::pair<const char*, const std::string&>, 5> credentials{
        {{"username", revoked_username_},
         {"service_account", service_account_},
         {"subject", subject_},
         {"token", jti_},
         {"certificate", serial_}}};
    for (const auto& [by, value] : credentials) {
      if (value.empty()) continue;
      // Two of them are a mistake, whatever they are.
      options.by = options.by.empty() ? by : "several";
      options.value = value;
    }
    return options;
  }
  return std::nullopt;
}

std::string ControlCommands::FindMistake(const ControlOptions& options) {
  if (options.socket.empty()) return "--socket: there is no path";
  if (options.verb == Verb::kRevoke) {
    if (options.by.empty() || options.by == "several") {
      return "revoke takes one of --username, --service-account, --subject, --jti and --serial";
    }
    if (options.by == "token" && options.issuer.empty()) return "--jti needs --issuer";
    if (options.by != "token" && options.by != "certificate" && !options.issuer.empty()) {
      return "--issuer belongs to --jti or --serial";
    }
  }
  if (options.verb != Verb::kExplain) return "";
  const bool is_connect = options.action == "connect";
  if (!is_connect && options.action != "publish" && options.action != "subscribe") {
    return "explain publish, subscribe or connect";
  }
  if (is_connect != options.topic.empty()) {
    return is_connect ? "connect has no topic" : fmt::format("{} what?", options.action);
  }
  if (options.retain && options.action != "publish") return "--retain is for publish";
  if (options.qos && is_connect) return "connect has no --qos";
  for (const std::string& attribute : options.attributes) {
    const size_t equals = attribute.find('=');
    if (equals == 0 || equals == std::string::npos) return "--attribute is NAME=VALUE";
  }
  if (!options.is_supposed() && options.client_id.empty()) {
    return "explain takes --client, or --username and --attribute";
  }
  if (!options.is_supposed() && !options.listener.empty()) {
    return "--listener is for a client that need not exist; --client has its own";
  }
  return "";
}

}  // namespace signet
