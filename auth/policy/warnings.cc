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

// The attribute of a token that fills the level.
std::optional<std::string_view> AttributeIn(std::string_view level) {
  constexpr std::string_view kAttributes = "principal.attributes.";
  const std::optional<std::string_view> token = TokenOfLevel(level);
  if (!token || !token->starts_with(kAttributes)) return std::nullopt;
  return token->substr(kAttributes.size());
}

// Whether the rule is for clients alone whose attribute is this and can fill no level.
bool FixesToNoLevel(const Principals& principals, std::string_view attribute) {
  return principals.usernames.empty() && principals.client_ids.empty() &&
         !principals.attributes.empty() &&
         std::ranges::all_of(principals.attributes, [&](const config::TextByName& map) {
           const auto value = map.find(attribute);
           return value != map.end() && !CanFillLevel(value->second);
         });
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
  std::string_view rest = topic;
  for (bool more = true; more;) {
    const std::optional<std::string_view> attribute = AttributeIn(TakeLevel(&rest, &more));
    if (!attribute || !FixesToNoLevel(rule.principals, *attribute)) continue;
    warnings->Add(resource.origin,
                  fmt::format("topics: {} can never match: whoever the rule is for has a value of "
                              "{} that cannot fill a level",
                              Quote(topic), Quote(*attribute)));
    return;
  }
}

// A rule that is for clients by their names alone, and lets them connect under other ones.
void CheckConnect(const AuthorizationRule& rule, const BrokerResource& resource,
                  Warnings* warnings) {
  const Principals& principals = rule.principals;
  const bool by_name_alone = principals.usernames.empty() && principals.attributes.empty() &&
                             !principals.client_ids.empty();
  if (!by_name_alone || resource.client_ids.empty()) return;
  const Principal nobody;
  const auto is_allowed = [&](const std::string& client_id) {
    return std::ranges::any_of(resource.client_ids, [&](const std::string& text) {
      // Of a token for something else than its name nothing is known here.
      const bool may_vary = text.find("{principal.username}") != std::string::npos ||
                            text.find("{principal.attributes.") != std::string::npos;
      return may_vary ||
             ClientIdPattern(text).Matches({.principal = nobody, .client_id = client_id});
    });
  };
  if (std::ranges::none_of(principals.client_ids, is_allowed)) {
    warnings->Add(resource.origin,
                  "clientIds can never match: they allow none of the Client Identifiers that the "
                  "rule is for");
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
