#include "core/mqtt/property_table.h"

#include <array>

namespace signet {
namespace {

constexpr uint16_t In(PropertyContext context) { return PropertyRule::Bit(context); }
constexpr uint16_t kConnect = In(PropertyContext::kConnect);
constexpr uint16_t kWill = In(PropertyContext::kWill);
constexpr uint16_t kConnack = In(PropertyContext::kConnack);
constexpr uint16_t kPublish = In(PropertyContext::kPublish);
constexpr uint16_t kPublishAcks = In(PropertyContext::kPuback) | In(PropertyContext::kPubrec) |
                                  In(PropertyContext::kPubrel) | In(PropertyContext::kPubcomp);
constexpr uint16_t kSubscribe = In(PropertyContext::kSubscribe);
constexpr uint16_t kSuback = In(PropertyContext::kSuback);
constexpr uint16_t kUnsubscribe = In(PropertyContext::kUnsubscribe);
constexpr uint16_t kUnsuback = In(PropertyContext::kUnsuback);
constexpr uint16_t kDisconnect = In(PropertyContext::kDisconnect);
constexpr uint16_t kAuth = In(PropertyContext::kAuth);
constexpr uint16_t kEverywhere = kConnect | kWill | kConnack | kPublish | kPublishAcks |
                                 kSubscribe | kSuback | kUnsubscribe | kUnsuback | kDisconnect |
                                 kAuth;

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

struct Row {
  PropertyId id{};
  PropertyRule rule;
};

using P = Properties;
constexpr Row kRows[] = {
    {PropertyId::kPayloadFormatIndicator, Byte(&P::payload_format_indicator, kPublish | kWill, 1)},
    {PropertyId::kMessageExpiryInterval, FourBytes(&P::message_expiry_s, kPublish | kWill, 0)},
    {PropertyId::kContentType, Text(&P::content_type, kPublish | kWill)},
    {PropertyId::kResponseTopic, Text(&P::response_topic, kPublish | kWill)},
    {PropertyId::kCorrelationData, Binary(&P::correlation_data, kPublish | kWill)},
    // In PUBLISH one for each Subscription that matched (3.3.2.3.8).
    {PropertyId::kSubscriptionIdentifier,
     {PropertyType::kVariableByteInteger, &P::subscription_id, kPublish | kSubscribe, kPublish, 1}},
    {PropertyId::kSessionExpiryInterval,
     FourBytes(&P::session_expiry_s, kConnect | kConnack | kDisconnect, 0)},
    {PropertyId::kAssignedClientIdentifier, Text(&P::assigned_client_id, kConnack)},
    {PropertyId::kServerKeepAlive, TwoBytes(&P::server_keep_alive_s, kConnack, 0)},
    {PropertyId::kAuthenticationMethod,
     Text(&P::authentication_method, kConnect | kConnack | kAuth)},
    {PropertyId::kAuthenticationData, Binary(&P::authentication_data, kConnect | kConnack | kAuth)},
    {PropertyId::kRequestProblemInformation, Flag(&P::request_problem_information, kConnect)},
    {PropertyId::kWillDelayInterval, FourBytes(&P::will_delay_s, kWill, 0)},
    {PropertyId::kRequestResponseInformation, Flag(&P::request_response_information, kConnect)},
    {PropertyId::kResponseInformation, Text(&P::response_information, kConnack)},
    {PropertyId::kServerReference, Text(&P::server_reference, kConnack | kDisconnect)},
    {PropertyId::kReasonString,
     Text(&P::reason_string, kConnack | kPublishAcks | kSuback | kUnsuback | kDisconnect | kAuth)},
    {PropertyId::kReceiveMaximum, TwoBytes(&P::receive_maximum, kConnect | kConnack, 1)},
    {PropertyId::kTopicAliasMaximum, TwoBytes(&P::topic_alias_maximum, kConnect | kConnack, 0)},
    {PropertyId::kTopicAlias, TwoBytes(&P::topic_alias, kPublish, 1)},
    // QoS 2 is said by leaving it out (3.2.2.3.4).
    {PropertyId::kMaximumQos, Byte(&P::maximum_qos, kConnack, 1)},
    {PropertyId::kRetainAvailable, Flag(&P::retain_available, kConnack)},
    {PropertyId::kUserProperty, {PropertyType::kUtf8StringPair, {}, kEverywhere, kEverywhere}},
    {PropertyId::kMaximumPacketSize, FourBytes(&P::maximum_packet_size, kConnect | kConnack, 1)},
    {PropertyId::kWildcardSubscriptionAvailable,
     Flag(&P::wildcard_subscription_available, kConnack)},
    {PropertyId::kSubscriptionIdentifierAvailable,
     Flag(&P::subscription_identifier_available, kConnack)},
    {PropertyId::kSharedSubscriptionAvailable, Flag(&P::shared_subscription_available, kConnack)},
};

constexpr auto kById = [] {
  std::array<PropertyRule, 256> by_id{};
  for (const Row& row : kRows) by_id[static_cast<uint8_t>(row.id)] = row.rule;
  return by_id;
}();

}  // namespace

const PropertyRule& RuleOf(uint8_t id) { return kById[id]; }

}  // namespace signet
