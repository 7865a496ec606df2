// What stands in a client's first message, looked at before wolfSSL sees it: so that a connection
// that never says anything sensible costs the bytes it sent and no TLS object, and so that the
// certificate can be chosen by server name before that object is made (RFC 8446, 4.1.2 and 5.1;
// RFC 6066, 3).
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/base/status.h"

namespace signet {

// The ClientHello with the heads of its records. Those of today's browsers, with a post-quantum key
// share, are under 2 KiB. A longer one is refused.
inline constexpr size_t kMaxClientHelloBytes = 8 * 1024;

class ClientHello {
 public:
  enum class Outcome : uint8_t { kMore, kWhole, kRefused };

  // Looks at all that has come so far. May be asked again when there is more.
  static ClientHello Parse(ByteView received);

  Outcome outcome() const { return outcome_; }
  // In lower case; empty if there is none, or none that is a DNS name. kWhole only.
  const std::string& server_name() const { return server_name_; }
  // Whether the peer speaks TLS, so that an alert is an answer to it. kRefused only.
  bool is_tls() const { return is_tls_; }
  // One sentence for the log. kRefused only.
  const std::string& refusal() const { return refusal_; }

 private:
  static ClientHello TooLong();
  static ClientHello Refuse(bool is_tls, std::string sentence);

  Outcome outcome_ = Outcome::kMore;
  bool is_tls_ = true;
  std::string server_name_;
  std::string refusal_;
};

}  // namespace signet
