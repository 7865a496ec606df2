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

std::string QuoteFilter(std::string_view text) {
  return fmt::format("\"{}\"", EscapeForLog(text, 100));
}

// One entry of a rule's lists, which alone makes the rule be for a client.
struct Named {
  const std::string* username = nullptr;
  const std::string* client_id = nullptr;
  const config::TextByName* attributes = nullptr;

  // What the token stands for, for all whom this names; nothing if it may be anything.
  std::optional<std::string_view> Fixes(std::string_view token) const {
    if (token == kUsernameToken && username != nullptr) return *username;
    if (token == kClientIdToken && client_id != nullptr) return *client_id;
    if (attributes == nullptr || !token.starts_with(kAttributesToken)) return std::nullopt;
    const auto value = attributes->find(token.substr(kAttributesToken.size()));
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

// A name that is longer than itself.
bool HasNameAndMore(std::string_view pattern) {
  constexpr std::string_view kToken = "{principal.clientId}";
  const size_t at = pattern.find(kToken);
  if (at == std::string_view::npos) return false;
  return pattern.substr(0, at).find_first_not_of('*') != std::string_view::npos ||
         pattern.substr(at + kToken.size()).find_first_not_of('*') != std::string_view::npos;
}

// The pattern for all whom this names, with '*' for what may be anything; nothing if a token of it
// is empty for them, which matches nothing.
std::optional<std::string> FillNamed(const Named& named, std::string_view pattern) {
  std::string filled;
  for (size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{')) {
    const size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) break;
    filled += pattern.substr(0, open);
    const std::optional<std::string_view> value =
        named.Fixes(pattern.substr(open + 1, close - open - 1));
    if (value && value->empty()) return std::nullopt;
    const bool is_text = value && value->find_first_of("*{") == std::string_view::npos;
    filled += is_text ? *value : "*";
    pattern.remove_prefix(close + 1);
  }
  filled += pattern;
  return filled;
}

// Whether somebody whom this names might connect by the pattern.
bool MayMatch(const Named& named, std::string_view pattern) {
  const std::optional<std::string> filled = FillNamed(named, pattern);
  if (!filled) return false;
  if (named.client_id == nullptr) return true;
  const Principal nobody;
  return ClientIdPattern(*filled).Matches({.principal = nobody, .client_id = *named.client_id});
}

class RuleCheck {
 public:
  RuleCheck(const AuthorizationRule& rule, Warnings* warnings)
      : rule_(rule), named_(AllNamed(rule.principals)), warnings_(*warnings) {}

  void Run() {
    if (rule_.broker_resources.empty()) {
      warnings_.Add(rule_.origin, "the rule has no brokerResources, so it allows nothing");
    }
    for (const BrokerResource& resource : rule_.broker_resources) {
      for (const std::string& pattern : resource.client_ids) CheckPattern(resource, pattern);
      for (const std::string& topic : resource.topics) {
        CheckTopic(resource, topic);
        CheckTokens(resource, topic);
      }
    }
  }

 private:
  // So that a rule with 10,000 names and as many patterns does not take minutes of each load.
  static constexpr size_t kMostComparisons = 100'000;

  // Whether the rule is for nobody for whom `may` is true. False where that is not known.
  template <typename May>
  bool ForNobody(May may) {
    if (named_.empty()) return false;
    for (const Named& named : named_) {
      if (++comparisons_ > kMostComparisons || may(named)) return false;
    }
    return true;
  }

  void CheckPattern(const BrokerResource& resource, const std::string& pattern) {
    const bool may_match = !HasNameAndMore(pattern) &&
                           !ForNobody([&](const Named& named) { return MayMatch(named, pattern); });
    if (may_match) return;
    Say(resource, "clientIds: {} can never match: nobody whom the rule is for can have such a name",
        pattern);
  }

  void CheckTopic(const BrokerResource& resource, const std::string& topic) {
    if (topic.starts_with("$share/") && resource.method == BrokerMethod::kSubscribe) {
      Say(resource,
          "topics: {} allows no Shared Subscription: that is allowed by its filter, without $share "
          "and "
          "the name behind it",
          topic);
    }
    if (topic.find('*') != std::string::npos) {
      Say(resource, "topics: in {} the * is an ordinary character; wildcards of topics are + and #",
          topic);
    }
    const bool by_group = !rule_.principals.attributes.empty();
    if (InLevels(topic) == "+/#" && (resource.method == BrokerMethod::kPublish || by_group)) {
      Say(resource, "topics: {} allows every topic to everybody whom the rule is for", topic);
    }
  }

  void CheckTokens(const BrokerResource& resource, const std::string& topic) {
    const bool fills_none =
        topic.find('{') != std::string::npos &&
        ForNobody([&](const Named& named) { return !TokenThatFillsNoLevel(named, topic); });
    if (!fills_none) return;
    Say(resource,
        "topics: {} can never match: for everybody whom the rule is for, {} or another of its "
        "tokens is "
        "what cannot fill a level",
        topic, fmt::format("{{{}}}", *TokenThatFillsNoLevel(named_.front(), topic)));
  }

  template <typename... More>
  void Say(const BrokerResource& resource, fmt::format_string<std::string, More...> sentence,
           const std::string& text, More... more) {
    warnings_.Add(resource.origin, fmt::format(sentence, QuoteFilter(text), std::move(more)...));
  }

  const AuthorizationRule& rule_;
  const std::vector<Named> named_;
  size_t comparisons_ = 0;
  Warnings& warnings_;
};

}  // namespace

std::vector<config::Problem> WarningsOf(const config::BrokerAuthorization& settings) {
  Warnings warnings;
  for (const AuthorizationRule& rule : settings.policies.rules) RuleCheck(rule, &warnings).Run();
  return warnings.Take();
}

}  // namespace signet::auth
