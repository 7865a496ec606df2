// What is allowed in a policy and hardly meant: for `signet --check`. Mistakes are found by
// core/config, and a policy that has some is refused; a token inside a level is one of them.
#pragma once

#include <vector>

#include "core/config/authorization.h"
#include "core/config/problem.h"

namespace signet::auth {

// Each with the place of its rule; sentences begin with the path of the field. What is looked for:
//  - what can never match: a rule without resources; a Connect by a pattern that nobody can have
//    whom the rule is for, or that is more than the client's own name; a topic with a token that is
//    fixed, for everybody whom the rule is for, to what cannot fill a level. That is all that a
//    rule alone can show: who there is, and what attributes a client brings, is not known here. Of
//    a rule with so many names that this takes more than 100,000 comparisons the rest is not said;
//  - a Subscribe by $share, which allows no Shared Subscription;
//  - what looks like a pattern and is none: a '*' in a topic;
//  - what allows every topic to everybody whom a rule is for: '#' to publish, or to subscribe by
//    attributes, which more clients may have than are known now. Somebody who is named may well
//    read everything.
std::vector<config::Problem> WarningsOf(const config::BrokerAuthorization& settings);

}  // namespace signet::auth
