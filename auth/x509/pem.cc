#include "auth/x509/pem.h"

#include <algorithm>

#include "core/base/pem.h"

namespace signet::auth::x509 {

StatusOr<std::vector<std::vector<uint8_t>>> ReadPem(std::string_view text,
                                                    const std::vector<std::string_view>& labels) {
  StatusOr<std::vector<PemBlock>> blocks = ParsePem(text);
  if (!blocks.ok()) return blocks.error();
  std::vector<std::vector<uint8_t>> ders;
  for (PemBlock& block : *blocks) {
    if (std::ranges::count(labels, block.label) > 0) ders.push_back(std::move(block.der));
  }
  return ders;
}

}  // namespace signet::auth::x509
