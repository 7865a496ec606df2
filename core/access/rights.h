// Rights: what a credential itself says that its holder may do, beside what the broker's
// configuration says: the claim `acl` of a token. Read by auth/ when the credential is proven,
// asked by an Authorizer, and gone with the Principal that has them.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/access/authorizer.h"
#include "core/access/principal.h"

namespace signet {

// Never changes; any thread.
class Rights {
 public:
  enum class Answer : uint8_t {
    kAllowed,
    kDenied,
    kSilent,  // They do not say.
  };
  virtual ~Rights() = default;
  // As Authorizer::Allows().
  virtual Answer Decide(const Principal& principal, std::string_view client_id, Action action,
                        std::string_view topic, const Manner& manner) const = 0;
};

}  // namespace signet
