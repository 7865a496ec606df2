// How the policy of a port and the rights that a credential carries make one decision.
//
// Nothing that a credential says can widen what the configuration allows: both are asked, and both
// must agree.
//
//   policy of the port   the credential's rights   decision
//   denies               whatever they say         denied
//   allows               allow                     allowed
//   allows               deny                      denied
//   allows               are silent, or none       allowed
//   there is none        allow                     allowed
//   there is none        deny                      denied
//   there is none        are silent                denied; Connect, of which they never speak:
//   allowed there is none        none                      allowed
//
// A list of rights that leaves something open leaves it to the policy; where there is none, nobody
// completes it, and what it does not allow is denied.
#pragma once

#include <string_view>

#include "auth/policy/access_policy.h"
#include "auth/policy/explanation.h"
#include "auth/policy/token.h"
#include "core/access/authorizer.h"

namespace signet::auth {

// `policy`: null if the port has none.
bool Decide(const AccessPolicy* policy, const Client& client, Action action, std::string_view topic,
            const Manner& manner);
Explanation ExplainDecision(const AccessPolicy* policy, const Client& client, Action action,
                            std::string_view topic, const Manner& manner);

}  // namespace signet::auth
