// Explanations: what a client may do, by which rule, and what else would be lacking.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "auth/policy/access_policy.h"
#include "auth/policy/policy_authorizer.h"
#include "core/broker/shard_broker.h"
#include "core/config/problem.h"
#include "fmt/format.h"
#include "tools/control/control_desk.h"
#include "tools/control/json_text.h"

namespace signet {
namespace {

using SharedPort = std::shared_ptr<const Port>;

// What a port's policy says, and what it is called.
struct Said {
  auth::Explanation explanation;
  std::string policy;
};

// By the very policy that the shards have, through an Authorizer of our own.
Said AskPort(const Port& port, const ExplainRequest& request, const Principal& principal,
             std::string_view topic) {
  if (port.settings.authorization == nullptr) {
    return {.explanation = {.allowed = true,
                            .sentence = "the port has no authentication, and asks no policy"},
            .policy = ""};
  }
  const std::unique_ptr<Authorizer> made = port.settings.authorization->make();
  const auto& authorizer = static_cast<const auth::PolicyAuthorizer&>(*made);
  Said said{.explanation = authorizer.Explain(principal, request.client_id, request.action, topic,
                                              request.manner),
            .policy = ""};
  if (authorizer.policy() != nullptr) said.policy = authorizer.policy()->name();
  return said;
}

std::string_view TopicOf(const ExplainRequest& request) {
  if (request.action == Action::kConnect) return {};
  return auth::DecidedPart(request.action, request.topic);
}

ControlAnswer Tell(const ExplainRequest& request, const Principal& principal,
                   std::string_view listener, const Said& said) {
  const auth::Explanation& explanation = said.explanation;
  JsonText json;
  json.Open();
  json.Flag("allowed", explanation.allowed);
  json.Text("sentence", explanation.sentence);
  if (explanation.origin.line != 0) {
    json.Text("rule", config::PlaceOf(explanation.origin));
  } else {
    json.Null("rule");
  }
  if (!said.policy.empty()) json.Text("policy", said.policy);
  if (!listener.empty()) json.Text("listener", listener);
  if (!request.client_id.empty()) json.Text("client_id", request.client_id);
  if (!principal.username.empty()) json.Text("username", principal.username);
  json.Close();
  return {.json = json.Take()};
}

// Whether `name` is that of the port, or of its listener.
bool IsOf(std::string_view name, const Port& port) {
  const std::string_view full = port.settings.name;
  if (full == name) return true;
  return full.starts_with(name) && full.substr(name.size()).starts_with('/');
}

// By whose policy a client would be judged that need not exist.
Expected<SharedPort, ControlAnswer> ChoosePort(const std::vector<SharedPort>& ports,
                                               std::string_view listener) {
  std::vector<SharedPort> chosen;
  std::string names;
  bool differ = false;
  for (const SharedPort& port : ports) {
    const PortAuthorization* authorization = port->settings.authorization.get();
    const bool has_policy = authorization != nullptr && !authorization->policy.empty();
    if (listener.empty() ? !has_policy : !IsOf(listener, *port)) continue;
    differ = differ || (!chosen.empty() &&
                        chosen.front()->settings.authorization != port->settings.authorization);
    chosen.push_back(port);
    names += fmt::format("{}{}", names.empty() ? "" : ", ", port->settings.name);
  }
  if (chosen.empty()) {
    return ControlRefusal(
        404, listener.empty()
                 ? "no port that is open has a policy"
                 : fmt::format("there is no open port or listener {}", EscapeForLog(listener)));
  }
  if (differ) {
    return ControlRefusal(
        409,
        fmt::format("the listener has to be said, for these have different policies: {}", names));
  }
  return chosen.front();
}

}  // namespace

ControlAnswer ControlDesk::On(const ExplainRequest& request) {
  return request.supposed ? ExplainSupposed(request) : ExplainClient(request);
}

ControlAnswer ControlDesk::ExplainSupposed(const ExplainRequest& request) {
  const auto port = ChoosePort(group_.ports(), request.listener);
  if (!port.ok()) return port.error();
  return Tell(request, *request.supposed, (*port)->settings.name,
              AskPort(**port, request, *request.supposed, TopicOf(request)));
}

// Its shard decides, as it would if the client asked; here is found out why. Both have the same
// policy, for it changes on this thread alone.
ControlAnswer ControlDesk::ExplainClient(const ExplainRequest& request) {
  const std::string_view topic = TopicOf(request);
  std::vector<std::optional<ClientDecision>> found(group_.shards());
  group_.AskShards([&](ShardBroker& broker, size_t index) {
    found[index] = broker.Decide(request.client_id, request.action, topic, request.manner);
  });
  const auto decision =
      std::ranges::find_if(found, [](const auto& each) { return each.has_value(); });
  if (decision == found.end()) {
    return ControlRefusal(
        404, fmt::format("nobody is connected as {}, nor is a policy known that would bind it",
                         EscapeForLog(request.client_id)));
  }
  const ClientReport& report = (*decision)->report;
  const bool is_allowed = (*decision)->is_allowed;
  const std::vector<SharedPort> ports = group_.ports();
  const auto port =
      std::ranges::find_if(ports, [&](const auto& each) { return each->id == report.port; });
  if (port == ports.end()) {
    return Tell(request, report.principal, "",
                {.explanation = {.allowed = is_allowed,
                                 .sentence = "its port is closed, and the last policy of that "
                                             "still binds what it left"},
                 .policy = ""});
  }
  const Said said = AskPort(**port, request, report.principal, topic);
  if (said.explanation.allowed != is_allowed) {
    log_.Write(LogLevel::kError, "a decision and its explanation differ; this is a fault",
               {{"client_id", request.client_id},
                {"topic", topic},
                {"decision", is_allowed ? "allowed" : "denied"},
                {"explanation", said.explanation.sentence}});
    return ControlRefusal(500, "the decision and its explanation differ; see the log");
  }
  return Tell(request, report.principal, (*port)->settings.name, said);
}

}  // namespace signet
