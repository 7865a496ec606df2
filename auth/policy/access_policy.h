// AccessPolicy: a BrokerAuthorization, compiled. It allows and nothing else: what none of its rules
// allows is denied, and without rules that is everything. Immutable, so that all shards share one;
// whoever makes a decision keeps it alive for that long.
//
// What a client brings, its name, attributes and topics, is data throughout: no value is ever read
// as a pattern.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "auth/policy/client_id_index.h"
#include "auth/policy/explanation.h"
#include "auth/policy/subject_index.h"
#include "auth/policy/topic_index.h"
#include "core/access/authorizer.h"
#include "core/config/authorization.h"

namespace signet::auth {

class AccessPolicy {
 public:
  // `settings` are as core/config has checked them.
  static std::shared_ptr<const AccessPolicy> Compile(config::BrokerAuthorization settings);
  explicit AccessPolicy(config::BrokerAuthorization settings);
  AccessPolicy(const AccessPolicy&) = delete;
  AccessPolicy& operator=(const AccessPolicy&) = delete;

  // `topic` as in core/access/authorizer.h; what is no valid Topic Name or Topic Filter is denied.
  // `$share/ShareName/` may stand before a filter and has no say.
  bool Allows(const Client& client, Action action, std::string_view topic) const;

  // The same, by asking each rule in turn, and why. For people: it may take long.
  Explanation Explain(const Client& client, Action action, std::string_view topic) const;

  const std::string& name() const { return settings_.name; }
  // Whether decisions may be remembered.
  bool may_remember() const { return settings_.cache(); }
  const config::BrokerAuthorization& settings() const { return settings_; }
  // Of the indexes; what the settings themselves take comes on top.
  size_t bytes() const;

 private:
  const config::BrokerAuthorization settings_;
  const SubjectIndex subjects_;
  ClientIdIndex connects_;
  TopicIndex publishes_;
  TopicIndex subscribes_;
};

// The part of a topic that is decided about; empty, which no valid one is, if it is not valid.
std::string_view DecidedPart(Action action, std::string_view topic);

}  // namespace signet::auth
