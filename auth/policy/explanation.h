// Explanation: a decision, and the reason for it in one sentence that an operator can act on. For
// logs and tools; what decides for clients is the compiled form (access_policy.h), and this is the
// plain reading of the same rules, which tests hold it against.
#pragma once

#include <string>
#include <string_view>

#include "auth/policy/token.h"
#include "core/access/authorizer.h"
#include "core/config/authorization.h"

namespace signet::auth {

struct Explanation {
  bool allowed = false;
  // Of what allows it, or comes nearest to that; line 0: there is no such rule.
  config::Origin origin;
  // Printable, one line, with the place in it.
  std::string sentence;
};

// Asks every rule. A denial tells of the rule that lacks the least: one that is for this client,
// with a topic that has more levels in common than others, or one that would allow it, but to
// others.
Explanation ExplainRules(const config::BrokerAuthorization& settings, const Client& client,
                         Action action, std::string_view topic);

// Whether a rule is for this client.
bool IsFor(const config::Principals& principals, const Client& client);

// Whether the pattern of a rule, filled in for this client, contains `topic`.
bool PatternContains(std::string_view pattern, const Client& client, std::string_view topic);

}  // namespace signet::auth
