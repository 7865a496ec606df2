// ControlRequest: a question of an operator, read and checked, before anybody is asked. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "auth/revocations.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/base/expected.h"
#include "tools/control/control_message.h"

namespace signet {

// A page of the clients. Where it begins is where an earlier one has ended (ControlDesk).
struct ListRequest {
  static constexpr size_t kDefaultClients = 100;
  static constexpr size_t kMostClients = 1000;

  uint32_t shard = 0;
  uint32_t slot = 0;
  size_t clients = kDefaultClients;
  bool with_absent = false;
};
struct ShowRequest {
  std::string client_id;
};
struct KickRequest {
  std::string client_id;
};
struct RevokeRequest {
  std::string by;  // As it was asked.
  auth::Revocation revocation;
};
struct ExplainRequest {
  Action action = Action::kConnect;
  std::string topic;
  Manner manner;
  std::string client_id;
  // Somebody who need not exist. Nothing: the client of that name.
  std::optional<Principal> supposed;
  std::string listener;  // Of that one: its listener or port; empty: the only one with a policy.
};
using ControlRequest =
    std::variant<ListRequest, ShowRequest, KickRequest, RevokeRequest, ExplainRequest>;

// Or the answer that says what is wrong with it.
Expected<ControlRequest, ControlAnswer> ReadControlRequest(const ControlQuestion& question);

}  // namespace signet
