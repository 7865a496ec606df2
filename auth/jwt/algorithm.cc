#include "auth/jwt/algorithm.h"

#include <algorithm>
#include <array>
#include <utility>

namespace signet::auth {

std::optional<JwtAlgorithm> ParseAlgorithm(std::string_view name) {
  using enum JwtAlgorithm;
  constexpr auto kNames = std::to_array<std::pair<std::string_view, JwtAlgorithm>>({
      {"HS256", kHs256},
      {"HS384", kHs384},
      {"HS512", kHs512},
      {"RS256", kRs256},
      {"RS384", kRs384},
      {"RS512", kRs512},
      {"PS256", kPs256},
      {"PS384", kPs384},
      {"PS512", kPs512},
      {"ES256", kEs256},
      {"ES384", kEs384},
      {"ES512", kEs512},
      {"EdDSA", kEdDsa},
  });
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<std::string_view, JwtAlgorithm>::first);
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

}  // namespace signet::auth
