// The parts of a Broker document that a broker of one process has no use for: checked by the same
// ranges as in a cluster, and then forgotten.
#pragma once

#include "core/config/field.h"

namespace signet::config {

extern const FieldTable kCardinalityFields;
extern const FieldTable kDiskBufferFields;
extern const FieldTable kInternalCertsFields;
extern const FieldTable kMetricsFields;
extern const FieldTable kPersistenceFields;
extern const FieldTable kResourceLimitsFields;
extern const FieldTable kSelfCheckFields;
extern const FieldTable kTracesFields;

}  // namespace signet::config
