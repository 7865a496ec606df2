#include "auth/policy/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/policy/client_id_pattern.h"
#include "auth/policy/filter_containment.h"
#include "auth/policy/token.h"
#include "core/base/log.h"
#include "core/mqtt/topic_name.h"

namespace signet::auth {
namespace {

using config::AuthorizationRule;
using config::BrokerMethod;
using config::BrokerResource;
using config::Principals;

class Warnings {
 public:
  void Add(const config::Origin& origin, std::string sentence) {
    all_.push_back({.severity = config::Severity::kWarning,
                    .origin = origin,
                    .sentence = std::move(sentence)});
  }
  std::vector<config::Problem> Take() { return std::move(all_); }

 private:
  std::vector<config::Problem> all_;
};

std::string Quote(std::string_view text) { return fmt::format("\"{}\"", EscapeForLog(text, 100)); }

constexpr std::string_view kUsername = "principal.username";
constexpr std::string_view kClientId = "principal.clientId";
constexpr std::string_view kAttributes = "principal.attributes.";

// One entry of a rule's lists, which alone makes the rule be for a client.
struct Named {
  const std::string* username = nullptr;
  const std::string* client_id = nullptr;
  const config::TextByName* attributes = nullptr;

  // What the token stands for, for all whom this names; nothing if it may be anything.
  std::optional<std::string_view> Fixes(std::string_view token) const {
    if (token == kUsername && username != nullptr) return *username;
    if (token == kClientId && client_id != nullptr) return *client_id;
    if (attributes == nullptr || !token.starts_with(kAttributes)) return std::nullopt;
    const auto value = attributes->find(token.substr(kAttributes.size()));
    if (value == attributes->end()) return std::nullopt;
    return value->second;
  }
};

std::vector<Named> AllNamed(const Principals& principals) {
  std::vector<Named> all;
  for (const std::string& username : principals.usernames) all.push_back({.username = &username});
  for (const std::string& client_id : principals.client_ids) {
    all.push_back({.client_id = &client_id});
  }
  for (const config::TextByName& map : principals.attributes) all.push_back({.attributes = &map});
  return all;
}

// The first token of the topic that stands for what can fill no level.
std::optional<std::string_view> TokenThatFillsNoLevel(const Named& named, std::string_view topic) {
  for (bool more = true; more;) {
    const std::optional<std::string_view> token = TokenOfLevel(TakeLevel(&topic, &more));
    if (!token) continue;
    const std::optional<std::string_view> value = named.Fixes(*token);
    if (value && !CanFillLevel(*value)) return token;
  }
  return std::nullopt;
}

void CheckPrincipals(const AuthorizationRule& rule, Warnings* warnings) {
  const Principals& principals = rule.principals;
  const auto has_empty = [](const std::vector<std::string>& names) {
    return std::ranges::find(names, std::string()) != names.end();
  };
  if (has_empty(principals.usernames)) {
    warnings->Add(rule.origin, "principals.usernames has an empty name, which no client has");
  }
  if (has_empty(principals.client_ids)) {
    warnings->Add(rule.origin, "principals.clientIds has an empty name, which no client has");
  }
}

void CheckTopic(const AuthorizationRule& rule, const BrokerResource& resource,
                std::string_view topic, Warnings* warnings) {
  if (topic.starts_with("$share/")) {
    warnings->Add(resource.origin,
                  fmt::format("topics: {} can never match: a Shared Subscription is allowed by its "
                              "filter, without $share and the name behind it",
                              Quote(topic)));
  }
  if (topic.find('*') != std::string_view::npos) {
    warnings->Add(resource.origin,
                  fmt::format("topics: in {} the * is an ordinary character; wildcards of topics "
                              "are + and #",
                              Quote(topic)));
  }
  const bool by_group = !rule.principals.attributes.empty();
  if (InLevels(topic) == "+/#" && (resource.method == BrokerMethod::kPublish || by_group)) {
    warnings->Add(resource.origin,
                  fmt::format("topics: {} allows every topic to everybody whom the rule is for",
                              Quote(topic)));
  }
  const std::vector<Named> all = AllNamed(rule.principals);
  const bool fills_none = !all.empty() && std::ranges::all_of(all, [&](const Named& named) {
    return TokenThatFillsNoLevel(named, topic).has_value();
  });
  if (fills_none) {
    warnings->Add(
        resource.origin,
        fmt::format("topics: {} can never match: for everybody whom the rule is for, {{{}}} or "
                    "another of its tokens is what cannot fill a level",
                    Quote(topic), *TokenThatFillsNoLevel(all.front(), topic)));
  }
}

// A name that is longer than itself.
bool HasNameAndMore(std::string_view pattern) {
  const std::string token = fmt::format("{{{}}}", kClientId);
  const size_t at = pattern.find(token);
  if (at == std::string_view::npos) return false;
  std::string rest(pattern);
  rest.erase(at, token.size());
  return rest.find_first_not_of('*') != std::string::npos;
}

// Whether somebody whom this names might connect by the pattern.
bool MayMatch(const Named& named, const std::string& pattern) {
  if (HasNameAndMore(pattern)) return false;
  // Of a name that may be any, or of a token for something else, nothing is known here.
  if (named.client_id == nullptr ||
      pattern.find(fmt::format("{{{}}}", kUsername)) != std::string::npos ||
      pattern.find(fmt::format("{{{}", kAttributes)) != std::string::npos) {
    return true;
  }
  const Principal nobody;
  return ClientIdPattern(pattern).Matches({.principal = nobody, .client_id = *named.client_id});
}

void CheckConnect(const AuthorizationRule& rule, const BrokerResource& resource,
                  Warnings* warnings) {
  const std::vector<Named> all = AllNamed(rule.principals);
  if (all.empty()) return;
  for (const std::string& pattern : resource.client_ids) {
    if (std::ranges::any_of(all, [&](const Named& named) { return MayMatch(named, pattern); }))
      continue;
    warnings->Add(
        resource.origin,
        fmt::format(
            "clientIds: {} can never match: nobody whom the rule is for can have such a name",
            Quote(pattern)));
  }
}

}  // namespace

std::vector<config::Problem> WarningsOf(const config::BrokerAuthorization& settings) {
  Warnings warnings;
  for (const AuthorizationRule& rule : settings.policies.rules) {
    CheckPrincipals(rule, &warnings);
    if (rule.broker_resources.empty()) {
      warnings.Add(rule.origin, "the rule has no brokerResources, so it allows nothing");
    }
    for (const BrokerResource& resource : rule.broker_resources) {
      if (resource.method == BrokerMethod::kConnect) CheckConnect(rule, resource, &warnings);
      for (const std::string& topic : resource.topics) {
        CheckTopic(rule, resource, topic, &warnings);
      }
    }
  }
  return warnings.Take();
}

}  // namespace signet::auth
