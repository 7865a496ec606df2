// The broker's answers in words for people. What a client has chosen is escaped: it could draw on
// the terminal otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/json/json_document.h"

namespace signet {

// Of a member that is a text, as it is; nothing if there is none.
std::optional<std::string> TextOf(auth::JsonObject object, std::string_view name);
std::optional<bool> FlagOf(auth::JsonObject object, std::string_view name);

// A line for each client, under a line of names.
std::string HeadOfClients();
std::string TextOfClients(auth::JsonObject answer);
std::string TextOfClient(auth::JsonObject answer);
std::string TextOfRevocation(auth::JsonObject answer);
std::string TextOfExplanation(auth::JsonObject answer);

}  // namespace signet
