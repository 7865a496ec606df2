#include "auth/policy/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "auth/policy/access_policy.h"
#include "auth/policy/client_id_pattern.h"
#include "auth/policy/filter_containment.h"
#include "core/base/log.h"
#include "core/mqtt/topic_name.h"

namespace signet::auth {
namespace {

constexpr size_t kMaxQuote = 100;

std::string Quote(std::string_view text) {
  return fmt::format("\"{}\"", EscapeForLog(text, kMaxQuote));
}

// Of a long one the end, which has the name of the file and the line.
std::string EndOfPlace(const config::Origin& origin) {
  const std::string place = config::PlaceOf(origin);
  if (place.size() <= kMaxQuote) return place;
  const auto is_inside = [](char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; };
  size_t begin = place.size() - kMaxQuote;
  while (is_inside(place[begin])) ++begin;
  return "…" + place.substr(begin);
}

std::string_view NameOf(Action action) {
  if (action == Action::kConnect) return "Connect";
  return action == Action::kPublish ? "Publish" : "Subscribe";
}

config::BrokerMethod MethodOf(Action action) {
  if (action == Action::kConnect) return config::BrokerMethod::kConnect;
  return action == Action::kPublish ? config::BrokerMethod::kPublish
                                    : config::BrokerMethod::kSubscribe;
}

// A pattern with the client's values in it. If one is missing, or cannot fill a level, nothing, and
// `flaw` says which.
std::optional<std::string> FillIn(std::string_view pattern, const Client& client,
                                  std::string* flaw) {
  std::string filled;
  for (bool more = true; more;) {
    const std::string_view level = TakeLevel(&pattern, &more);
    const std::optional<std::string_view> token = TokenOfLevel(level);
    if (!token) {
      filled += level;
    } else if (const auto value = ValueOfToken(*token, client); value && CanFillLevel(*value)) {
      filled += *value;
    } else {
      *flaw = fmt::format("{} stands for {}", EscapeForLog(level, kMaxQuote),
                          value ? "what cannot fill a level" : "nothing that the client has");
      return std::nullopt;
    }
    if (more) filled += '/';
  }
  return filled;
}

size_t CommonLevels(std::string_view one, std::string_view other) {
  size_t common = 0;
  bool more_one = true;
  bool more_other = true;
  while (more_one && more_other) {
    const std::string_view level = TakeLevel(&one, &more_one);
    if (level != TakeLevel(&other, &more_other) && level != kSingleLevel) break;
    ++common;
  }
  return common;
}

// What of the map the client does not have; nothing if it has all.
std::vector<std::string> MissingOf(const config::TextByName& map, const Client& client) {
  std::vector<std::string> missing;
  for (const auto& [name, value] : map) {
    if (AttributeOf(client.principal, name) == value) continue;
    missing.push_back(fmt::format("{}={}", EscapeForLog(name, kMaxQuote), Quote(value)));
  }
  return missing;
}

// What a rule lacks, and how much that is.
struct Miss {
  size_t nearness = 0;
  config::Origin origin;
  std::string sentence;
};

// A rule that allows it, to others.
Miss MissOfPrincipals(const config::Principals& principals, const config::Origin& origin,
                      const Client& client) {
  Miss miss{.nearness = 2, .origin = origin, .sentence = "it is none of those whom it names"};
  size_t fewest = SIZE_MAX;
  for (const config::TextByName& map : principals.attributes) {
    const std::vector<std::string> missing = MissingOf(map, client);
    if (missing.empty() || missing.size() >= fewest) continue;
    fewest = missing.size();
    if (missing.size() < map.size() || map.size() == 1) miss.nearness = 3;
    miss.sentence = fmt::format("it lacks the attribute {}", missing.front());
  }
  miss.sentence = fmt::format("the rule at {} would allow it, but not to this client: {}",
                              EndOfPlace(origin), miss.sentence);
  return miss;
}

// A rule for this client with other topics.
Miss MissOfTopics(const config::BrokerResource& resource, const Client& client, Action action,
                  std::string_view topic) {
  Miss miss{.origin = resource.origin};
  for (const std::string& pattern : resource.topics) {
    std::string flaw;
    const std::optional<std::string> filled = FillIn(pattern, client, &flaw);
    const size_t nearness = 3 + CommonLevels(filled.value_or(pattern), topic);
    if (nearness <= miss.nearness) continue;
    miss.nearness = nearness;
    miss.sentence = fmt::format(
        "the rule at {} allows {} of {}, {}", EndOfPlace(resource.origin), NameOf(action),
        Quote(pattern), filled ? fmt::format("which does not contain {}", Quote(topic)) : flaw);
  }
  return miss;
}

Miss MissOfClientIds(const config::BrokerResource& resource, const Client& client) {
  return {.nearness = 4,
          .origin = resource.origin,
          .sentence = fmt::format("the rule at {} allows Connect, but not as {}",
                                  EndOfPlace(resource.origin), Quote(client.client_id))};
}

// The pattern by which the resource allows it; nothing if it does not.
std::optional<std::string> AllowedBy(const config::BrokerResource& resource, const Client& client,
                                     Action action, std::string_view topic) {
  if (action == Action::kConnect) {
    if (resource.client_ids.empty()) return "*";
    for (const std::string& pattern : resource.client_ids) {
      if (ClientIdPattern(pattern).Matches(client)) return pattern;
    }
    return std::nullopt;
  }
  for (const std::string& pattern : resource.topics) {
    if (PatternContains(pattern, client, topic)) return pattern;
  }
  return std::nullopt;
}

Explanation Allowed(const config::BrokerResource& resource, Action action,
                    std::string_view pattern) {
  return {.allowed = true,
          .origin = resource.origin,
          .sentence = fmt::format("the rule at {} allows {} of {}", EndOfPlace(resource.origin),
                                  NameOf(action), Quote(pattern))};
}

}  // namespace

bool IsFor(const config::Principals& principals, const Client& client) {
  const auto names = [](const std::vector<std::string>& list, std::string_view name) {
    return !name.empty() && std::ranges::find(list, name) != list.end();
  };
  return names(principals.usernames, client.principal.username) ||
         names(principals.client_ids, client.client_id) ||
         std::ranges::any_of(principals.attributes, [&](const config::TextByName& map) {
           return !map.empty() && MissingOf(map, client).empty();
         });
}

bool PatternContains(std::string_view pattern, const Client& client, std::string_view topic) {
  std::string flaw;
  const std::optional<std::string> filled = FillIn(pattern, client, &flaw);
  return filled && Contains(*filled, topic);
}

Explanation ExplainRules(const config::BrokerAuthorization& settings, const Client& client,
                         Action action, std::string_view topic) {
  const std::string_view decided = action == Action::kConnect ? topic : DecidedPart(action, topic);
  if (action != Action::kConnect && decided.empty()) {
    return {.sentence = fmt::format("{} is no valid topic", Quote(topic))};
  }
  Miss nearest{.origin = settings.origin, .sentence = "no rule is for this client"};
  if (settings.policies.rules.empty()) nearest.sentence = "the policy has no rules";
  const auto consider = [&](Miss miss) {
    if (miss.nearness > nearest.nearness) nearest = std::move(miss);
  };
  for (const config::AuthorizationRule& rule : settings.policies.rules) {
    const bool is_for = IsFor(rule.principals, client);
    if (is_for) {
      consider({.nearness = 1,
                .origin = rule.origin,
                .sentence = fmt::format("the rule at {} is for this client, but allows no {}",
                                        EndOfPlace(rule.origin), NameOf(action))});
    }
    for (const config::BrokerResource& resource : rule.broker_resources) {
      if (resource.method != MethodOf(action)) continue;
      const auto pattern = AllowedBy(resource, client, action, decided);
      if (pattern && is_for) return Allowed(resource, action, *pattern);
      if (pattern) {
        consider(MissOfPrincipals(rule.principals, resource.origin, client));
      } else if (is_for) {
        consider(action == Action::kConnect ? MissOfClientIds(resource, client)
                                            : MissOfTopics(resource, client, action, decided));
      }
    }
  }
  return {.origin = nearest.nearness > 0 ? nearest.origin : config::Origin{},
          .sentence = std::move(nearest.sentence)};
}

}  // namespace signet::auth
