#include "auth/policy/decision.h"

#include "core/access/rights.h"

namespace signet::auth {
namespace {

Rights::Answer AnswerOf(const Client& client, Action action, std::string_view topic,
                        const Manner& manner) {
  return client.principal.rights->Decide(client.principal, client.client_id, action, topic, manner);
}

bool IsLeftOpen(const AccessPolicy* policy, Action action, Rights::Answer answer) {
  return answer == Rights::Answer::kSilent && policy == nullptr && action != Action::kConnect;
}

}  // namespace

bool Decide(const AccessPolicy* policy, const Client& client, Action action, std::string_view topic,
            const Manner& manner) {
  if (client.principal.rights != nullptr) {
    const Rights::Answer answer = AnswerOf(client, action, topic, manner);
    if (answer == Rights::Answer::kDenied || IsLeftOpen(policy, action, answer)) return false;
  }
  return policy == nullptr || policy->Allows(client, action, topic);
}

Explanation ExplainDecision(const AccessPolicy* policy, const Client& client, Action action,
                            std::string_view topic, const Manner& manner) {
  if (client.principal.rights != nullptr) {
    const Rights::Answer answer = AnswerOf(client, action, topic, manner);
    if (answer == Rights::Answer::kDenied) {
      return {.sentence = "what the client's token says it may do does not include this"};
    }
    if (IsLeftOpen(policy, action, answer)) {
      return {.sentence = "the client's token leaves this open, and the port has no policy"};
    }
  }
  if (policy != nullptr) return policy->Explain(client, action, topic);
  return {.allowed = true, .sentence = "the port has no policy"};
}

}  // namespace signet::auth
