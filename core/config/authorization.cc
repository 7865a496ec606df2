#include "core/config/authorization.h"

#include <algorithm>
#include <array>

#include "core/base/base64.h"
#include "core/config/field_reader.h"
#include "core/config/values.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kBrokerMethods[] = {"Connect", "Publish", "Subscribe"};
constexpr std::string_view kStateStoreMethods[] = {"Read", "Write", "ReadWrite"};
constexpr std::string_view kStateStoreKeyTypes[] = {"Pattern", "String", "Binary"};
constexpr std::string_view kPolicyChanges[] = {"Reevaluate", "Disconnect"};

constexpr Range kAny{.least = 0, .most = kMaxItems};
constexpr size_t kMaxTopicBytes = 65'535;

// The text between the braces of a token.
Status CheckToken(std::string_view token) {
  constexpr std::string_view kAttributes = "principal.attributes.";
  constexpr std::string_view kTokens[] = {"principal.username", "principal.clientId",
                                          "principal.attributes.NAME"};
  if (token == kTokens[0] || token == kTokens[1] ||
      (token.starts_with(kAttributes) && token.size() > kAttributes.size())) {
    return Status::Ok();
  }
  return Status::Error(
      fmt::format("has a token that there is not{}", DidYouMean(token.substr(0, 64), kTokens)));
}

// Every { and } of a text belongs to a known token.
Status CheckTokensIn(std::string_view text) {
  while (true) {
    const size_t open = text.find_first_of("{}");
    if (open == text.npos) return Status::Ok();
    const size_t close = text.find_first_of("{}", open + 1);
    if (text[open] == '}' || close == text.npos || text[close] == '{') {
      return Status::Error("has a { or } that belongs to no token such as {principal.clientId}");
    }
    if (Status status = CheckToken(text.substr(open + 1, close - open - 1)); !status.ok()) {
      return status;
    }
    text.remove_prefix(close + 1);
  }
}

Status CheckLevel(std::string_view level, bool is_last) {
  if (level.find_first_of("+#") != level.npos && level.size() > 1) {
    return Status::Error("has a + or # that does not fill a level");
  }
  if (level == "#" && !is_last) return Status::Error("has a # that is not at its end");
  if (level.find('{') != level.npos &&
      (level.front() != '{' || level.find('}') + 1 != level.size())) {
    return Status::Error("has a token that does not fill a level");
  }
  return Status::Ok();
}

void CheckResource(const void* object, const YamlNode& node, Reading* reading) {
  const auto& resource = *static_cast<const BrokerResource*>(object);
  const bool connects = resource.method == BrokerMethod::kConnect;
  if (connects && !resource.topics.empty()) {
    reading->Complain(node.line, "Connect has no topics");
  }
  if (!connects && resource.topics.empty()) {
    reading->Complain(node.line, fmt::format("{} needs topics",
                                             kBrokerMethods[static_cast<size_t>(resource.method)]));
  }
  if (!connects && !resource.client_ids.empty()) {
    reading->Complain(node.line, "clientIds here are for Connect alone");
  }
}

void CheckStateStoreKeys(const void* object, const YamlNode& node, Reading* reading) {
  const auto& resource = *static_cast<const StateStoreResource*>(object);
  for (const std::string& key : resource.keys) {
    Status status = Status::Ok();
    if (resource.key_type == KeyType::kPattern) status = CheckTokensIn(key);
    if (resource.key_type == KeyType::kBinary) {
      const StatusOr<SecretBytes> bytes = DecodeBase64(key);
      if (!bytes.ok()) status = bytes.error();
    }
    if (!status.ok()) {
      reading->Complain(node.line,
                        fmt::format("keys: {} {}", reading->Quote(key), status.sentence()));
    }
  }
}

void CheckRule(const void* object, const YamlNode& node, Reading* reading) {
  const auto& rule = *static_cast<const AuthorizationRule*>(object);
  const Principals& principals = rule.principals;
  if (std::ranges::any_of(principals.attributes, &TextByName::empty)) {
    // All of its no pairs would be everybody's.
    reading->Complain(node.line, "principals.attributes has an empty map, which means nobody");
  }
  if (principals.usernames.empty() && principals.client_ids.empty() &&
      principals.attributes.empty()) {
    reading->Complain(node.line, "the rule has no principals, so it is for nobody",
                      Severity::kWarning);
  }
}

void CheckPolicies(const void* object, const YamlNode& node, Reading* reading) {
  const auto& policies = *static_cast<const AuthorizationPolicies*>(object);
  if (policies.enable_cache && node.Find("cache") != nullptr) {
    reading->Complain(node.line, "enableCache is the old name of cache: give one of them");
  }
}

constexpr Field kPrincipalRows[] = {
    Texts<&Principals::usernames>("usernames", kAny, CheckMqttText, "as they are"),
    Texts<&Principals::client_ids>("clientIds", kAny, CheckMqttText, "as they are"),
    Map<&Principals::attributes>("attributes",
                                 "a client is meant if it has all attributes of one of the maps"),
};
constexpr FieldTable kPrincipalFields{.title = "principals", .fields = kPrincipalRows};

constexpr Field kResourceRows[] = {
    Required(Choice<&BrokerResource::method>("method", kBrokerMethods, "", "what is allowed")),
    Texts<&BrokerResource::client_ids>("clientIds", kAny, CheckClientIdPattern,
                                       "with Connect: as whom; * stands for any text, and tokens "
                                       "may be there; without it, as anybody"),
    Texts<&BrokerResource::topics>("topics", kAny, CheckTopicPattern,
                                   "with Publish and Subscribe: Topic Filters, with tokens that "
                                   "each fill a level"),
};
constexpr FieldTable kResourceFields{.title = "brokerResources[]",
                                     .fields = kResourceRows,
                                     .origin = OriginIn<&BrokerResource::origin>,
                                     .check = CheckResource};

constexpr Field kStateStoreRows[] = {
    Required(
        Choice<&StateStoreResource::method>("method", kStateStoreMethods, "", "what is allowed")),
    Choice<&StateStoreResource::key_type>("keyType", kStateStoreKeyTypes, "Pattern",
                                          "how keys are written"),
    Required(Texts<&StateStoreResource::keys>("keys", {1, 100'000}, nullptr, "which ones")),
};
constexpr FieldTable kStateStoreFields{
    .title = "stateStoreResources[]", .fields = kStateStoreRows, .check = CheckStateStoreKeys};

constexpr Field kRuleRows[] = {
    Object<&AuthorizationRule::principals>("principals", kPrincipalFields,
                                           "for whom the rule is: whoever one of the lists names"),
    Objects<&AuthorizationRule::broker_resources>("brokerResources", kAny, kResourceFields,
                                                  "what they may do"),
    NoEffect(Objects<&AuthorizationRule::state_store_resources>(
        "stateStoreResources", kAny, kStateStoreFields, "there is no state store here")),
};
constexpr FieldTable kRuleFields{.title = "rules[]",
                                 .fields = kRuleRows,
                                 .origin = OriginIn<&AuthorizationRule::origin>,
                                 .check = CheckRule};

constexpr Field kPolicyRows[] = {
    Toggle<&AuthorizationPolicies::cache>("cache", "Enabled",
                                          "whether decisions are remembered for each client"),
    Boolean<&AuthorizationPolicies::enable_cache>("enableCache", "", "the old name of cache"),
    Objects<&AuthorizationPolicies::rules>("rules", kAny, kRuleFields,
                                           "each allows something; what none allows is refused"),
    Choice<&AuthorizationPolicies::on_change>(
        "onChange", kPolicyChanges, "Reevaluate",
        "when the policy changes: Reevaluate takes from each client what it may no longer; "
        "Disconnect closes all connections"),
};
constexpr FieldTable kPolicyFields{
    .title = "authorizationPolicies", .fields = kPolicyRows, .check = CheckPolicies};

constexpr Field kAuthorizationRows[] = {
    Required(Object<&BrokerAuthorization::policies>("authorizationPolicies", kPolicyFields,
                                                    "the policy")),
    NoEffect(Text<&BrokerAuthorization::listener_ref>("listenerRef", CheckResourceName, "",
                                                      "ports say which policy they have")),
};

}  // namespace

const FieldTable kBrokerAuthorizationFields{.title = "BrokerAuthorization",
                                            .fields = kAuthorizationRows};

Status CheckTopicPattern(std::string_view text) {
  if (Status status = CheckTokensIn(text); !status.ok()) return status;
  if (text.size() > kMaxTopicBytes) return Status::Error("is longer than a topic can be");
  if (Status status = CheckMqttText(text); !status.ok()) return status;
  while (true) {
    const size_t slash = std::min(text.find('/'), text.size());
    const bool is_last = slash == text.size();
    if (Status status = CheckLevel(text.substr(0, slash), is_last); !status.ok()) return status;
    if (is_last) return Status::Ok();
    text.remove_prefix(slash + 1);
  }
}

Status CheckClientIdPattern(std::string_view text) {
  if (Status status = CheckTokensIn(text); !status.ok()) return status;
  return CheckMqttText(text);
}

bool StandAtSamePlaces(const BrokerAuthorization& a, const BrokerAuthorization& b) {
  const auto same = [](const auto& one, const auto& other) {
    return IsSamePlace(one.origin, other.origin);
  };
  return same(a, b) &&
         std::ranges::equal(a.policies.rules, b.policies.rules,
                            [&](const AuthorizationRule& one, const AuthorizationRule& other) {
                              return same(one, other) &&
                                     std::ranges::equal(one.broker_resources,
                                                        other.broker_resources, same);
                            });
}

}  // namespace signet::config
