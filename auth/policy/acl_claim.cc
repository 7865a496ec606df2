#include "auth/policy/acl_claim.h"

#include <algorithm>

#include "auth/policy/access_policy.h"
#include "auth/policy/filter_containment.h"
#include "auth/policy/memory.h"
#include "auth/policy/placeholder.h"
#include "core/mqtt/topic_name.h"

namespace signet::auth {

bool AclClaim::IsFor(const Rule& rule, const Client& client, Action action, QoS qos, bool retain) {
  if (action == Action::kPublish ? !rule.publishes : !rule.subscribes) return false;
  // What is not known is as if it were right for a rule that denies, and wrong for one that allows.
  if (rule.has_zone && rule.allows) return false;
  if ((rule.qos >> static_cast<uint8_t>(qos) & 1) == 0) return false;
  if (rule.retain && action == Action::kPublish && *rule.retain != retain) return false;
  if (!rule.networks.empty()) {
    const PeerFacts* peer = client.principal.peer.get();
    const bool is_in = peer != nullptr && peer->address
                           ? std::ranges::any_of(rule.networks,
                                                 [&](const config::IpNetwork& network) {
                                                   return network.Contains(*peer->address);
                                                 })
                           : !rule.allows;
    if (!is_in) return false;
  }
  if (rule.client_id && !rule.client_id->IsIn(client.client_id)) return false;
  return !rule.username || rule.username->IsIn(client.principal.username);
}

bool AclClaim::Matches(const Rule& rule, const Topic& topic, const Client& client,
                       std::string_view asked) {
  if (topic.is_literal) return topic.pattern == asked;
  const FilledIn filled = FillPlaceholders(topic.pattern, client);
  if (!filled.is_cut) {
    return rule.allows ? Contains(filled.filter, asked) : Overlap(filled.filter, asked);
  }
  // All that may be meant is denied; of the first level, that is all there is.
  if (rule.allows) return false;
  return filled.filter.empty() || Overlap(filled.filter + '#', asked);
}

Rights::Answer AclClaim::DecideWith(QoS qos, bool retain, const Client& client, Action action,
                                    std::string_view asked) const {
  for (const Rule& rule : rules_) {
    if (!IsFor(rule, client, action, qos, retain)) continue;
    const auto matches = [&](const Topic& each) { return Matches(rule, each, client, asked); };
    if (std::ranges::any_of(rule.topics, matches)) {
      return rule.allows ? Answer::kAllowed : Answer::kDenied;
    }
  }
  return is_complete_ ? Answer::kDenied : Answer::kSilent;
}

Rights::Answer AclClaim::Decide(const Principal& principal, std::string_view client_id,
                                Action action, std::string_view topic, const Manner& manner) const {
  if (action == Action::kConnect) return Answer::kSilent;
  const std::string_view asked = DecidedPart(action, topic);
  if (asked.empty()) return Answer::kDenied;
  const Client client{.principal = principal, .client_id = client_id};
  if (manner.qos || !turns_on_qos_) {
    return DecideWith(manner.qos.value_or(QoS::kAtMostOnce), manner.retain, client, action, asked);
  }
  // With whichever serves best.
  Answer best = Answer::kDenied;
  for (const QoS qos : {QoS::kAtMostOnce, QoS::kAtLeastOnce, QoS::kExactlyOnce}) {
    const Answer answer = DecideWith(qos, manner.retain, client, action, asked);
    if (answer == Answer::kAllowed) return answer;
    if (answer == Answer::kSilent) best = answer;
  }
  return best;
}

size_t AclClaim::bytes() const {
  size_t bytes = sizeof(AclClaim) + rules_.capacity() * sizeof(Rule);
  for (const Rule& rule : rules_) {
    bytes += rule.topics.capacity() * sizeof(Topic) +
             rule.networks.capacity() * sizeof(config::IpNetwork);
    for (const Topic& topic : rule.topics) bytes += BytesOf(topic.pattern);
  }
  return bytes;
}

}  // namespace signet::auth
