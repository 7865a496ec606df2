// Secret and ConfigMap: values under keys, from a document or from a folder of files as Kubernetes
// mounts it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/config/field.h"
#include "core/config/problem.h"

namespace signet::config {

struct KeyedValue {
  SecretBytes bytes;
  // Why there is no value: the end of a sentence such as `the file "…" cannot be read`. A value
  // that refers to a file may well come later.
  std::string missing;
  Origin origin;
};

struct KeyedValues {
  std::string name;
  Origin origin;
  std::map<std::string, KeyedValue, std::less<>> values;
};

struct Reading;
struct YamlNode;

// What stands beside `metadata` in a document of these kinds.
extern const FieldTable kSecretFields;
extern const FieldTable kConfigMapFields;

// Reads `data` and `stringData` of a Secret, `data` and `binaryData` of a ConfigMap, from a
// document whose fields have been checked.
void ReadSecretValues(const YamlNode& document, KeyedValues* secret, Reading* reading);
void ReadConfigMapValues(const YamlNode& document, KeyedValues* config_map, Reading* reading);

}  // namespace signet::config
