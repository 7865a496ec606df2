// BrokerAuthorization: what clients may do. Fields and defaults are those of the field table in
// authorization.cc. Patterns are kept as they are written, and have been checked: a token stands
// for a whole level of a topic, filters are valid, and no unknown token is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/config/field.h"

namespace signet::config {

enum class BrokerMethod : uint8_t { kConnect, kPublish, kSubscribe };
enum class StateStoreMethod : uint8_t { kRead, kWrite, kReadWrite };
enum class KeyType : uint8_t { kPattern, kString, kBinary };
enum class PolicyChange : uint8_t { kReevaluate, kDisconnect };

// A client is meant if any of the three lists has an entry for it.
struct Principals {
  std::vector<std::string> usernames;
  std::vector<std::string> client_ids;
  std::vector<TextByName> attributes;  // All pairs of one map must be the client's.
  friend bool operator==(const Principals&, const Principals&) = default;
};

struct BrokerResource {
  BrokerMethod method = BrokerMethod::kConnect;
  std::vector<std::string> client_ids;  // Of kConnect alone; empty: any.
  std::vector<std::string> topics;      // Of the others.
  Origin origin;
  friend bool operator==(const BrokerResource&, const BrokerResource&) = default;
};

// Read and checked; there is no state store.
struct StateStoreResource {
  StateStoreMethod method = StateStoreMethod::kRead;
  KeyType key_type = KeyType::kPattern;
  std::vector<std::string> keys;
  friend bool operator==(const StateStoreResource&, const StateStoreResource&) = default;
};

struct AuthorizationRule {
  Principals principals;
  std::vector<BrokerResource> broker_resources;
  std::vector<StateStoreResource> state_store_resources;
  Origin origin;
  friend bool operator==(const AuthorizationRule&, const AuthorizationRule&) = default;
};

struct AuthorizationPolicies {
  bool cache = true;
  std::vector<AuthorizationRule> rules;  // None: nothing is allowed.
  std::optional<bool> enable_cache;      // The name of `cache` in 2024.
  PolicyChange on_change = PolicyChange::kReevaluate;
  friend bool operator==(const AuthorizationPolicies&, const AuthorizationPolicies&) = default;
};

struct BrokerAuthorization {
  std::string name;
  Origin origin;
  std::string listener_ref;
  AuthorizationPolicies policies;

  bool cache() const { return policies.enable_cache.value_or(policies.cache); }
  friend bool operator==(const BrokerAuthorization&, const BrokerAuthorization&) = default;
};

// Whether two that are equal, and their rules, also stand where they stood: an explanation says
// where.
bool StandAtSamePlaces(const BrokerAuthorization& a, const BrokerAuthorization& b);

// Of its `spec`.
extern const FieldTable kBrokerAuthorizationFields;

// Whether a topic of a rule is good; the error is the end of a sentence that begins with it.
Status CheckTopicPattern(std::string_view text);
// The same for the Client Identifiers that Connect allows.
Status CheckClientIdPattern(std::string_view text);

}  // namespace signet::config
