// ClaimRules: what the claims of a genuine token must be, beside issuer, audience and time, and
// what they say about the client. Made of `jwtSettings`; pure.
//
// A rule is *bound* if ${clientid} or ${username} stands in it: then the claim must be what CONNECT
// said. An AUTH says neither, so there the value of a bound claim is part of the identity instead,
// which a re-authentication may not change: it is still the one that CONNECT was held against.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt/claims.h"
#include "auth/method.h"
#include "core/config/jwt.h"

namespace signet::auth {

class ClaimRules {
 public:
  // `listener`: whose port tokens are shown to.
  explicit ClaimRules(const config::JwtSettings& settings, std::string_view listener = {});

  // What of CONNECT has a say beside the token.
  bool uses_client_id() const { return uses_client_id_; }
  bool uses_username() const { return uses_username_; }

  // Who the client is and what its token lets it do, without a deadline; or which rule the token
  // breaks.
  Expected<Principal, Denied> Apply(const Claims& claims, JsonObject payload,
                                    const Credentials& credentials) const;

 private:
  struct Rule {
    std::string claim;
    std::string expected;
    bool is_bound;
  };

  void Add(std::string claim, std::string expected);
  bool Holds(const Rule& rule, const Claims& claims, JsonObject payload,
             const Credentials& credentials) const;

  std::vector<Rule> rules_;
  bool uses_client_id_ = false;
  bool uses_username_ = false;
  const std::string username_claim_;
  const config::TextByName attribute_claims_;
  const std::string acl_claim_;
  const std::string listener_;
};

}  // namespace signet::auth
