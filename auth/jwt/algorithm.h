// The algorithms of JWS that we verify (RFC 7518, 3.1; RFC 8037, 3.1), and sets of them. There is
// no `none` among them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "core/config/jwt.h"

namespace signet::auth {

using config::JwtAlgorithm;

// By its name in `alg`, letter by letter.
std::optional<JwtAlgorithm> ParseAlgorithm(std::string_view name);

class AlgorithmSet {
 public:
  constexpr AlgorithmSet() = default;
  constexpr AlgorithmSet(std::initializer_list<JwtAlgorithm> algorithms) {
    for (const JwtAlgorithm algorithm : algorithms) Add(algorithm);
  }
  // All whose keys may be published: not HS256, HS384 and HS512.
  static constexpr AlgorithmSet PublicKey() {
    using enum JwtAlgorithm;
    return {kRs256, kRs384, kRs512, kPs256, kPs384, kPs512, kEs256, kEs384, kEs512, kEdDsa};
  }

  constexpr void Add(JwtAlgorithm algorithm) { bits_ |= Bit(algorithm); }
  constexpr bool Has(JwtAlgorithm algorithm) const { return (bits_ & Bit(algorithm)) != 0; }

 private:
  static constexpr uint32_t Bit(JwtAlgorithm algorithm) {
    return uint32_t{1} << static_cast<unsigned>(algorithm);
  }

  uint32_t bits_ = 0;
};

}  // namespace signet::auth
