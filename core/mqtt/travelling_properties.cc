#include "core/mqtt/travelling_properties.h"

namespace signet {
namespace {

bool Travels(PropertyId id) {
  return id != PropertyId::kTopicAlias && id != PropertyId::kMessageExpiryInterval &&
         id != PropertyId::kWillDelayInterval && id != PropertyId::kSubscriptionIdentifier;
}

}  // namespace

ByteView TravellingProperties(const Properties& properties, std::vector<uint8_t>* scratch) {
  const bool all_travel = !properties.Has(PropertyId::kTopicAlias) &&
                          !properties.Has(PropertyId::kMessageExpiryInterval) &&
                          !properties.Has(PropertyId::kWillDelayInterval) &&
                          !properties.Has(PropertyId::kSubscriptionIdentifier);
  if (all_travel) return properties.wire;
  scratch->clear();
  for (ByteView rest = properties.wire; !rest.empty();) {
    const PropertyView property = TakeProperty(&rest);
    if (!Travels(property.id)) continue;
    scratch->insert(scratch->end(), property.wire.begin(), property.wire.end());
  }
  return *scratch;
}

}  // namespace signet
