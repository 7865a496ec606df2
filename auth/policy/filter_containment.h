// Topic Filters as sets of Topic Names (MQTT 5, 4.7). Pure functions over valid filters, without
// $share; the time is linear in the shorter one.
#pragma once

#include <string_view>

namespace signet::auth {

// Whether every Topic Name that `requested` matches, `permitted` matches too: who may subscribe to
// a/# may subscribe to a/+/b, but not the other way round. Wildcards in the first level do not
// reach names that begin with '$' [MQTT-4.7.2-1], in either of them.
bool Contains(std::string_view permitted, std::string_view requested);

// Whether some Topic Name is matched by both.
bool Overlap(std::string_view one, std::string_view other);

// What '#' alone means, with its levels counted: a Topic Name has at least one. So both are the
// same set, and only this way to write it is compared level by level.
inline std::string_view InLevels(std::string_view filter) { return filter == "#" ? "+/#" : filter; }

}  // namespace signet::auth
