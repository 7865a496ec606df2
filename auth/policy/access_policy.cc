#include "auth/policy/access_policy.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "core/mqtt/topic_name.h"

namespace signet::auth {

std::string_view DecidedPart(Action action, std::string_view topic) {
  if (action == Action::kPublish) return IsTopicName(topic) ? topic : std::string_view();
  const Result<TopicFilterView> filter = ParseTopicFilter(topic);
  return filter.ok() ? filter->filter : std::string_view();
}

std::shared_ptr<const AccessPolicy> AccessPolicy::Compile(config::BrokerAuthorization settings) {
  return std::make_shared<const AccessPolicy>(std::move(settings));
}

AccessPolicy::AccessPolicy(config::BrokerAuthorization settings)
    : settings_(std::move(settings)), subjects_(settings_.policies.rules) {
  const std::vector<config::AuthorizationRule>& rules = settings_.policies.rules;
  const auto add_topics = [](const config::BrokerResource& resource, uint32_t rule,
                             TopicIndex* index) {
    for (const std::string& pattern : resource.topics) index->Add(pattern, rule);
  };
  for (uint32_t i = 0; i < rules.size(); ++i) {
    for (const config::BrokerResource& resource : rules[i].broker_resources) {
      switch (resource.method) {
        case config::BrokerMethod::kConnect:
          connects_.Add(resource.client_ids, i);
          break;
        case config::BrokerMethod::kPublish:
          add_topics(resource, i, &publishes_);
          break;
        case config::BrokerMethod::kSubscribe:
          add_topics(resource, i, &subscribes_);
          break;
      }
    }
  }
  const auto count = static_cast<uint32_t>(rules.size());
  connects_.Seal(count);
  publishes_.Seal(count);
  subscribes_.Seal(count);
}

bool AccessPolicy::Allows(const Client& client, Action action, std::string_view topic) const {
  const RulesOfClient rules = subjects_.Find(client);
  if (rules.empty()) return false;
  if (action == Action::kConnect) return connects_.Allows(client, rules);
  const std::string_view decided = DecidedPart(action, topic);
  if (decided.empty()) return false;
  return (action == Action::kPublish ? publishes_ : subscribes_).Allows(decided, client, rules);
}

Explanation AccessPolicy::Explain(const Client& client, Action action,
                                  std::string_view topic) const {
  return ExplainRules(settings_, client, action, topic);
}

size_t AccessPolicy::bytes() const {
  return sizeof(AccessPolicy) + subjects_.bytes() + connects_.bytes() + publishes_.bytes() +
         subscribes_.bytes();
}

}  // namespace signet::auth
