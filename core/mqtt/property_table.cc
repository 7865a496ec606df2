#include "core/mqtt/property_table.h"

#include <array>

namespace signet {
namespace {

constexpr uint16_t In(PropertyContext context) { return PropertyRule::Bit(context); }
constexpr uint16_t kInConnect = In(PropertyContext::kConnect);
constexpr uint16_t kInWill = In(PropertyContext::kWill);
constexpr uint16_t kInConnack = In(PropertyContext::kConnack);
constexpr uint16_t kInPublish = In(PropertyContext::kPublish);
constexpr uint16_t kInPublishAcks = In(PropertyContext::kPuback) | In(PropertyContext::kPubrec) |
                                    In(PropertyContext::kPubrel) | In(PropertyContext::kPubcomp);
constexpr uint16_t kInSubscribe = In(PropertyContext::kSubscribe);
constexpr uint16_t kInSuback = In(PropertyContext::kSuback);
constexpr uint16_t kInUnsubscribe = In(PropertyContext::kUnsubscribe);
constexpr uint16_t kInUnsuback = In(PropertyContext::kUnsuback);
constexpr uint16_t kInDisconnect = In(PropertyContext::kDisconnect);
constexpr uint16_t kInAuth = In(PropertyContext::kAuth);
constexpr uint16_t kEverywhere = kInConnect | kInWill | kInConnack | kInPublish | kInPublishAcks |
                                 kInSubscribe | kInSuback | kInUnsubscribe | kInUnsuback |
                                 kInDisconnect | kInAuth;

constexpr PropertyRule Flag(bool Properties::*field, uint16_t contexts) {
  return {PropertyType::kByte, field, contexts, 0, 0, 1};
}
constexpr PropertyRule Byte(uint8_t Properties::*field, uint16_t contexts, uint32_t maximum) {
  return {PropertyType::kByte, field, contexts, 0, 0, maximum};
}
constexpr PropertyRule TwoBytes(uint16_t Properties::*field, uint16_t contexts, uint32_t minimum) {
  return {PropertyType::kTwoByteInteger, field, contexts, 0, minimum};
}
constexpr PropertyRule FourBytes(uint32_t Properties::*field, uint16_t contexts, uint32_t minimum) {
  return {PropertyType::kFourByteInteger, field, contexts, 0, minimum};
}
constexpr PropertyRule Text(std::string_view Properties::*field, uint16_t contexts) {
  return {PropertyType::kUtf8String, field, contexts};
}
constexpr PropertyRule Binary(ByteView Properties::*field, uint16_t contexts) {
  return {PropertyType::kBinaryData, field, contexts};
}

struct PropertyRow {
  PropertyId id{};
  PropertyRule rule;
};

using P = Properties;
constexpr PropertyRow kPropertyRows[] = {
    {PropertyId::kPayloadFormatIndicator,
     Byte(&P::payload_format_indicator, kInPublish | kInWill, 1)},
    {PropertyId::kMessageExpiryInterval, FourBytes(&P::message_expiry_s, kInPublish | kInWill, 0)},
    {PropertyId::kContentType, Text(&P::content_type, kInPublish | kInWill)},
    {PropertyId::kResponseTopic, Text(&P::response_topic, kInPublish | kInWill)},
    {PropertyId::kCorrelationData, Binary(&P::correlation_data, kInPublish | kInWill)},
    // In PUBLISH one for each Subscription that matched (3.3.2.3.8).
    {PropertyId::kSubscriptionIdentifier,
     {PropertyType::kVariableByteInteger, &P::subscription_id, kInPublish | kInSubscribe,
      kInPublish, 1}},
    {PropertyId::kSessionExpiryInterval,
     FourBytes(&P::session_expiry_s, kInConnect | kInConnack | kInDisconnect, 0)},
    {PropertyId::kAssignedClientIdentifier, Text(&P::assigned_client_id, kInConnack)},
    {PropertyId::kServerKeepAlive, TwoBytes(&P::server_keep_alive_s, kInConnack, 0)},
    {PropertyId::kAuthenticationMethod,
     Text(&P::authentication_method, kInConnect | kInConnack | kInAuth)},
    {PropertyId::kAuthenticationData,
     Binary(&P::authentication_data, kInConnect | kInConnack | kInAuth)},
    {PropertyId::kRequestProblemInformation, Flag(&P::request_problem_information, kInConnect)},
    {PropertyId::kWillDelayInterval, FourBytes(&P::will_delay_s, kInWill, 0)},
    {PropertyId::kRequestResponseInformation, Flag(&P::request_response_information, kInConnect)},
    {PropertyId::kResponseInformation, Text(&P::response_information, kInConnack)},
    {PropertyId::kServerReference, Text(&P::server_reference, kInConnack | kInDisconnect)},
    {PropertyId::kReasonString, Text(&P::reason_string, kInConnack | kInPublishAcks | kInSuback |
                                                            kInUnsuback | kInDisconnect | kInAuth)},
    {PropertyId::kReceiveMaximum, TwoBytes(&P::receive_maximum, kInConnect | kInConnack, 1)},
    {PropertyId::kTopicAliasMaximum, TwoBytes(&P::topic_alias_maximum, kInConnect | kInConnack, 0)},
    {PropertyId::kTopicAlias, TwoBytes(&P::topic_alias, kInPublish, 1)},
    // QoS 2 is said by leaving it out (3.2.2.3.4).
    {PropertyId::kMaximumQos, Byte(&P::maximum_qos, kInConnack, 1)},
    {PropertyId::kRetainAvailable, Flag(&P::retain_available, kInConnack)},
    {PropertyId::kUserProperty, {PropertyType::kUtf8StringPair, {}, kEverywhere, kEverywhere}},
    {PropertyId::kMaximumPacketSize,
     FourBytes(&P::maximum_packet_size, kInConnect | kInConnack, 1)},
    {PropertyId::kWildcardSubscriptionAvailable,
     Flag(&P::wildcard_subscription_available, kInConnack)},
    {PropertyId::kSubscriptionIdentifierAvailable,
     Flag(&P::subscription_identifier_available, kInConnack)},
    {PropertyId::kSharedSubscriptionAvailable, Flag(&P::shared_subscription_available, kInConnack)},
};

constexpr auto kById = [] {
  std::array<PropertyRule, 256> by_id{};
  for (const PropertyRow& row : kPropertyRows) by_id[static_cast<uint8_t>(row.id)] = row.rule;
  return by_id;
}();

}  // namespace

const PropertyRule& RuleOf(uint8_t id) { return kById[id]; }

}  // namespace signet
