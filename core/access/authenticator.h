// "Who is this?", asked by core/broker and answered by auth/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/access/principal.h"
#include "core/base/bytes.h"
#include "core/mqtt/reason_code.h"

namespace signet {

// What a client presented in CONNECT or AUTH. Borrows; dies with the call.
struct AuthRequest {
  ProtocolVersion version;
  std::string_view client_id;
  std::optional<std::string_view> claimed_username;
  std::optional<ByteView> password;
  // Of enhanced authentication (MQTT 5, 4.12); absent if the client asked for none.
  std::optional<std::string_view> authentication_method;
  ByteView authentication_data;
};

struct Authenticated {
  Principal principal;
  std::vector<uint8_t> authentication_data;  // For CONNACK or AUTH; often empty.
};
// The exchange goes on: AUTH 0x18 with this data.
struct Challenge {
  std::vector<uint8_t> authentication_data;
};
// `reason_code` may stand in CONNACK. `reason` is for the log and, as Reason String, for the
// client.
struct Rejected {
  ReasonCode reason_code;
  std::string reason;
};

// Answers for one shard, on its thread alone: no locks, and never a blocking call.
class Authenticator {
 public:
  using Outcome = std::variant<Authenticated, Challenge, Rejected>;
  using Done = absl::AnyInvocable<void(Outcome) &&>;

  virtual ~Authenticator() = default;
  // Runs `done` once, on this shard: now, or later if it takes I/O.
  virtual void Authenticate(const AuthRequest& request, Done done) = 0;
};

}  // namespace signet
