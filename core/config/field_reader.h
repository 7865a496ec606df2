// Reads an object of a manifest by its field table.
#pragma once

#include "core/config/field.h"
#include "core/config/reading.h"
#include "core/config/yaml_tree.h"

namespace signet::config {

// Fills in `object`, of the type that the table is for, from a map. Adds a problem for each unknown
// field, each that is missing, and each value of a wrong type or range; what is right is filled in
// all the same. Returns whether there was none.
bool ReadObject(const FieldTable& table, const YamlNode& node, void* object, Reading* reading);

}  // namespace signet::config
