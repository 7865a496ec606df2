#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "auth/policy/acl_claim.h"
#include "auth/policy/placeholder.h"
#include "core/base/log.h"
#include "core/base/utf8.h"
#include "core/mqtt/topic_name.h"
#include "simdjson.h"

namespace signet::auth {

using simdjson::dom::element;

// Reads one claim. Each function says false and leaves a flaw if what it reads is malformed.
class AclReader {
 public:
  explicit AclReader(std::string_view listener)
      : listener_(listener), claim_(std::make_shared<AclClaim>()) {}

  bool ReadLists(simdjson::dom::object lists);
  bool ReadRules(simdjson::dom::array rules);

  std::shared_ptr<const AclClaim> claim() const { return claim_; }
  AclFlaw flaw() const { return {.what = flaw_}; }

 private:
  using Rule = AclClaim::Rule;

  bool Fail(std::string what) {
    flaw_ = std::move(what);
    return false;
  }
  bool ReadList(const simdjson::dom::object& lists, std::string_view name, Rule rule);
  bool ReadRule(const simdjson::dom::object& fields);
  bool ReadPermission(const simdjson::dom::object& fields, Rule* rule);
  bool ReadTopics(const simdjson::dom::object& fields, Rule* rule);
  bool ReadTopic(std::string_view text, Rule* rule);
  bool ReadQoS(const element& value, Rule* rule);
  bool ReadRetain(const element& value, Rule* rule);
  bool ReadNetwork(std::string_view text, Rule* rule);
  bool ReadRegex(const simdjson::dom::object& fields, std::string_view name,
                 std::optional<SmallRegex>* regex);
  // Whether the rule is for the listener at all.
  bool ReadPlace(const simdjson::dom::object& fields, Rule* rule, bool* is_here);
  bool ReadConditions(const simdjson::dom::object& fields, Rule* rule);

  const std::string_view listener_;
  const std::shared_ptr<AclClaim> claim_;
  size_t topics_ = 0;
  size_t regexes_ = 0;
  std::string flaw_;
};

namespace {

std::optional<std::string_view> TextIn(const element& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

bool Find(const simdjson::dom::object& fields, std::string_view name, element* value) {
  return fields.at_key(name).get(*value) == simdjson::SUCCESS;
}

// Calls read(text) for a text, or for each of a list of them. False if it is neither, or one of
// them is not read.
template <typename Read>
bool ForEachText(const element& value, Read read) {
  if (const std::optional<std::string_view> text = TextIn(value)) return read(*text);
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return false;
  for (const element item : list) {
    const std::optional<std::string_view> text = TextIn(item);
    if (!text || !read(*text)) return false;
  }
  return true;
}

std::string QuoteTopic(std::string_view text) {
  return fmt::format("\"{}\"", EscapeForLog(text, 60));
}

}  // namespace

bool AclReader::ReadTopic(std::string_view text, Rule* rule) {
  constexpr std::string_view kLiteral = "eq ";
  if (++topics_ > AclClaim::kMaxTopics) return Fail("has too many topics");
  if (text.size() > AclClaim::kMaxTopicSize) return Fail("has a topic that is too long");
  const bool is_literal = text.starts_with(kLiteral);
  const std::string_view pattern = is_literal ? text.substr(kLiteral.size()) : text;
  if (!is_literal && !HasKnownPlaceholders(pattern)) {
    return Fail(fmt::format("has a topic with a ${{…}} that there is not: {}", QuoteTopic(text)));
  }
  const std::string plain = is_literal ? std::string(pattern) : WithoutPlaceholders(pattern);
  if (!IsMqttUtf8(plain) || !ParseTopicFilter(plain).ok()) {
    return Fail(fmt::format("has a topic that is no Topic Filter: {}", QuoteTopic(text)));
  }
  rule->topics.push_back({.pattern = std::string(pattern), .is_literal = is_literal});
  return true;
}

bool AclReader::ReadList(const simdjson::dom::object& lists, std::string_view name, Rule rule) {
  element value;
  if (!Find(lists, name, &value)) return true;
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) {
    return Fail(fmt::format("has something else than a list as {}", name));
  }
  for (const element item : list) {
    const std::optional<std::string_view> topic = TextIn(item);
    if (!topic) return Fail(fmt::format("has something else than topics in {}", name));
    if (!ReadTopic(*topic, &rule)) return false;
  }
  claim_->rules_.push_back(std::move(rule));
  return true;
}

bool AclReader::ReadLists(simdjson::dom::object lists) {
  claim_->is_complete_ = true;
  return ReadList(lists, "pub", {.publishes = true}) &&
         ReadList(lists, "sub", {.subscribes = true}) &&
         ReadList(lists, "all", {.publishes = true, .subscribes = true});
}

bool AclReader::ReadPermission(const simdjson::dom::object& fields, Rule* rule) {
  element value;
  const std::string_view permission =
      Find(fields, "permission", &value) ? TextIn(value).value_or("") : "";
  if (permission != "allow" && permission != "deny") {
    return Fail("has a rule whose permission is neither allow nor deny");
  }
  rule->allows = permission == "allow";
  const std::string_view action = Find(fields, "action", &value) ? TextIn(value).value_or("") : "";
  const bool is_all = action == "all";
  rule->publishes = is_all || action == "pub" || action == "publish";
  rule->subscribes = is_all || action == "sub" || action == "subscribe";
  if (!rule->publishes && !rule->subscribes) {
    return Fail("has a rule whose action is none of publish, subscribe and all");
  }
  return true;
}

bool AclReader::ReadTopics(const simdjson::dom::object& fields, Rule* rule) {
  element one;
  element many;
  const bool has_one = Find(fields, "topic", &one);
  const bool has_many = Find(fields, "topics", &many);
  if (has_one == has_many) return Fail("has a rule that does not have either topic or topics");
  const auto read = [&](std::string_view text) { return ReadTopic(text, rule); };
  if (has_one) {
    const std::optional<std::string_view> topic = TextIn(one);
    return topic ? read(*topic) : Fail("has a topic that is no text");
  }
  if (!many.is_array()) return Fail("has topics that are no list");
  if (ForEachText(many, read)) return true;
  return flaw_.empty() && Fail("has topics that are no texts");
}

// 1, "1", "0,1", [0, 1] or ["0", "1"].
bool AclReader::ReadQoS(const element& value, Rule* rule) {
  constexpr std::string_view kFlaw = "has a rule whose qos is not of 0, 1 and 2";
  rule->qos = 0;
  const auto add = [&](uint64_t qos) {
    if (qos > 2) return false;
    rule->qos = static_cast<uint8_t>(rule->qos | 1u << qos);
    return true;
  };
  const auto add_text = [&](std::string_view text) {
    while (true) {
      const size_t comma = std::min(text.find(','), text.size());
      std::string_view item = text.substr(0, comma);
      while (item.starts_with(' ')) item.remove_prefix(1);
      while (item.ends_with(' ')) item.remove_suffix(1);
      if (item.size() != 1 || item[0] < '0' || !add(static_cast<uint64_t>(item[0] - '0'))) {
        return false;
      }
      if (comma == text.size()) return true;
      text.remove_prefix(comma + 1);
    }
  };
  const auto add_element = [&](const element& item) {
    uint64_t number = 0;
    if (item.get(number) == simdjson::SUCCESS) return add(number);
    const std::optional<std::string_view> text = TextIn(item);
    return text && add_text(*text);
  };
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) {
    return add_element(value) || Fail(std::string(kFlaw));
  }
  for (const element item : list) {
    if (!add_element(item)) return Fail(std::string(kFlaw));
  }
  return rule->qos != 0 || Fail(std::string(kFlaw));
}

bool AclReader::ReadRetain(const element& value, Rule* rule) {
  bool flag = false;
  uint64_t number = 0;
  if (value.get(flag) == simdjson::SUCCESS) {
    rule->retain = flag;
    return true;
  }
  if (value.get(number) == simdjson::SUCCESS && number <= 1) {
    rule->retain = number == 1;
    return true;
  }
  const std::string_view text = TextIn(value).value_or("");
  if (text == "all") return true;
  if (text == "true" || text == "1") {
    rule->retain = true;
  } else if (text == "false" || text == "0") {
    rule->retain = false;
  } else {
    return Fail("has a rule whose retain is none of true, false and all");
  }
  return true;
}

bool AclReader::ReadNetwork(std::string_view text, Rule* rule) {
  const StatusOr<config::IpNetwork> network = config::IpNetwork::Parse(text);
  if (!network.ok()) return false;
  if (rule->networks.size() == AclClaim::kMaxTopics) return false;
  rule->networks.push_back(*network);
  return true;
}

bool AclReader::ReadRegex(const simdjson::dom::object& fields, std::string_view name,
                          std::optional<SmallRegex>* regex) {
  element value;
  if (!Find(fields, name, &value)) return true;
  if (++regexes_ > AclClaim::kMaxRegexes) return Fail("has too many regular expressions");
  const std::optional<std::string_view> text = TextIn(value);
  if (text) *regex = SmallRegex::Parse(*text);
  if (*regex) return true;
  return Fail(fmt::format("has a rule whose {} is no regular expression that is understood", name));
}

bool AclReader::ReadPlace(const simdjson::dom::object& fields, Rule* rule, bool* is_here) {
  std::optional<SmallRegex> zone;
  if (!ReadRegex(fields, "zone_re", &zone)) return false;
  element value;
  rule->has_zone = zone.has_value() || Find(fields, "zone", &value);
  if (rule->has_zone && !zone && !ForEachText(value, [](std::string_view) { return true; })) {
    return Fail("has a rule whose zone is no text");
  }
  // A port is known as LISTENER/PORT, and as one of its listener.
  const std::string_view whole = listener_;
  const std::string_view listener_alone = whole.substr(0, whole.rfind('/'));
  if (Find(fields, "listener", &value)) {
    bool is_named = false;
    const auto compare = [&](std::string_view name) {
      is_named = is_named || name == whole || name == listener_alone;
      return true;
    };
    if (!ForEachText(value, compare)) return Fail("has a rule whose listener is no text");
    *is_here = is_named;
  }
  std::optional<SmallRegex> listener;
  if (!ReadRegex(fields, "listener_re", &listener)) return false;
  if (listener && !listener->IsIn(whole) && !listener->IsIn(listener_alone)) *is_here = false;
  return true;
}

bool AclReader::ReadConditions(const simdjson::dom::object& fields, Rule* rule) {
  element value;
  if (Find(fields, "qos", &value) && !ReadQoS(value, rule)) return false;
  if (Find(fields, "retain", &value) && !ReadRetain(value, rule)) return false;
  if (Find(fields, "ipaddr", &value)) {
    const auto read = [&](std::string_view text) { return ReadNetwork(text, rule); };
    if (!ForEachText(value, read) || rule->networks.empty()) {
      return Fail("has a rule whose ipaddr is no network");
    }
  }
  return ReadRegex(fields, "clientid_re", &rule->client_id) &&
         ReadRegex(fields, "username_re", &rule->username);
}

bool AclReader::ReadRule(const simdjson::dom::object& fields) {
  Rule rule;
  bool is_here = true;
  if (!ReadPermission(fields, &rule) || !ReadTopics(fields, &rule) ||
      !ReadConditions(fields, &rule) || !ReadPlace(fields, &rule, &is_here)) {
    return false;
  }
  if (!is_here) return true;
  claim_->turns_on_qos_ = claim_->turns_on_qos_ || rule.qos != AclClaim::kAnyQoS;
  claim_->rules_.push_back(std::move(rule));
  return true;
}

bool AclReader::ReadRules(simdjson::dom::array rules) {
  size_t count = 0;
  for (const element item : rules) {
    if (++count > AclClaim::kMaxRules) return Fail("has too many rules");
    simdjson::dom::object fields;
    if (item.get(fields) != simdjson::SUCCESS) return Fail("has a rule that is no object");
    if (!ReadRule(fields)) return false;
  }
  return true;
}

Expected<std::shared_ptr<const AclClaim>, AclFlaw> AclClaim::Read(const element& claim,
                                                                  std::string_view listener) {
  AclReader reader(listener);
  simdjson::dom::object lists;
  simdjson::dom::array rules;
  if (claim.get(lists) == simdjson::SUCCESS) {
    if (!reader.ReadLists(lists)) return reader.flaw();
  } else if (claim.get(rules) == simdjson::SUCCESS) {
    if (!reader.ReadRules(rules)) return reader.flaw();
  } else {
    return AclFlaw{.what = "is neither an object nor a list"};
  }
  return reader.claim();
}

}  // namespace signet::auth
