// All that Properties hold, as a tuple that can be compared; views as text.
#pragma once

#include <tuple>

#include "core/mqtt/properties.h"

namespace signet::fuzz {

inline auto FieldsOf(const Properties& p) {
  return std::tuple(p.present, p.message_expiry_s, p.session_expiry_s, p.will_delay_s,
                    p.maximum_packet_size, p.subscription_id, p.receive_maximum,
                    p.topic_alias_maximum, p.topic_alias, p.server_keep_alive_s,
                    p.payload_format_indicator, p.maximum_qos, p.request_problem_information,
                    p.request_response_information, p.retain_available,
                    p.wildcard_subscription_available, p.subscription_identifier_available,
                    p.shared_subscription_available, p.user_property_count, p.content_type,
                    p.response_topic, AsText(p.correlation_data), p.authentication_method,
                    AsText(p.authentication_data), p.assigned_client_id, p.response_information,
                    p.server_reference, p.reason_string, AsText(p.wire));
}

}  // namespace signet::fuzz
