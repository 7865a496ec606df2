// What is said of a client, as JSON.
#pragma once

#include <string_view>

#include "core/broker/client_report.h"
#include "tools/control/json_text.h"

namespace signet {

// The members of one client, into the object that is open. `listener`: the name of its port; empty:
// it has none.
void PutClient(const ClientReport& report, std::string_view listener, JsonText* json);
// Those and more.
void PutDetails(const ClientDetails& details, std::string_view listener, JsonText* json);

}  // namespace signet
