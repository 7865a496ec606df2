// AclClaim: the claim `acl` of a JSON Web Token, what its holder may publish and subscribe to. Two
// forms, as EMQX has them:
//
//   {"pub": [T…], "sub": [T…], "all": [T…]}    allows these topics and no others
//   [{"permission": "allow" or "deny", "action": "pub", "publish", "sub", "subscribe" or "all",
//     "topic": T or "topics": [T…], …}, …]     the first rule that matches decides; if none
//                                              does, the claim is silent
//
// T is a Topic Filter. In it ${clientid}, ${username}, ${client_attrs.NAME} and, of a client
// certificate that was verified, ${cert_common_name} stand for data; ${zone} stands for nothing
// here. Behind `eq ` it is that very text. A rule is for all clients, QoS and retain flags unless
// it says otherwise: `qos` (0, 1, 2, a list of them, or a text such as "0,1"), `retain` (true,
// false, 0, 1, "all"), `clientid_re`, `username_re`, `ipaddr` (a network or a list), `listener`,
// `listener_re`, `zone`, `zone_re`. Fields with other names are not looked at.
//
// A rule about a QoS is for what is published with it, and for who asks for at most that much; what
// was granted so is granted with its messages of a lower QoS. One about retain is for what is
// published.
//
// What is not known never widens: then a rule that allows does not match, and one that denies does.
// That is so for an address that a client has not, for zones, which this broker does not have, and
// for a value that cannot stand in a level, from there on. To subscribe, an allowed filter must
// contain the one asked for, while a denied one need only overlap with it: nobody gets around a
// denial by asking for more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/small_regex.h"
#include "auth/policy/token.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/access/rights.h"
#include "core/base/expected.h"
#include "core/config/ip_network.h"
#include "core/mqtt/control_packet.h"

namespace simdjson::dom {
class element;
}

namespace signet::auth {

// As the end of a sentence that begins with the claim; printable. The login is refused.
struct AclFlaw {
  std::string what;
};

class AclClaim : public Rights {
 public:
  // Beyond these the claim is malformed.
  static constexpr size_t kMaxRules = 1000;
  static constexpr size_t kMaxTopics = 2000;  // Of all rules.
  static constexpr size_t kMaxTopicSize = 4096;
  static constexpr size_t kMaxRegexes = 32;  // A few bytes can be large automata.

  // `listener` is the one that the token was shown to; it is shown to no other.
  static Expected<std::shared_ptr<const AclClaim>, AclFlaw> Read(
      const simdjson::dom::element& claim, std::string_view listener);

  // Connect is nothing that the claim speaks of.
  Answer Decide(const Principal& principal, std::string_view client_id, Action action,
                std::string_view topic, const Manner& manner) const override;

  size_t bytes() const;

 private:
  friend class AclReader;

  static constexpr uint8_t kAnyQoS = 0b111;

  struct Topic {
    std::string pattern;
    bool is_literal = false;  // It stood behind `eq `.
  };
  struct Rule {
    bool allows = true;
    bool publishes = false;
    bool subscribes = false;
    bool has_zone = false;
    uint8_t qos = kAnyQoS;  // A bit for each.
    std::optional<bool> retain;
    std::vector<Topic> topics;
    std::optional<SmallRegex> client_id;
    std::optional<SmallRegex> username;
    std::vector<config::IpNetwork> networks;
  };

  Answer DecideWith(QoS qos, bool retain, const Client& client, Action action,
                    std::string_view asked) const;
  static bool IsFor(const Rule& rule, const Client& client, Action action, QoS qos, bool retain);
  static bool Matches(const Rule& rule, const Topic& topic, const Client& client,
                      std::string_view asked);

  std::vector<Rule> rules_;
  bool turns_on_qos_ = false;
  bool is_complete_ = false;  // What no rule allows is denied.
};

}  // namespace signet::auth
