// The forms that texts in manifests have. Each Check… says in its error how the text should look,
// as the end of a sentence that begins with the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet::config {

// As enum values are compared.
bool SameInAnyCase(std::string_view a, std::string_view b);

// Decimal digits without a sign, or leading zeros, which other readers of YAML take for octal.
bool ParseWholeNumber(std::string_view text, uint64_t* value);

// As Go writes durations, with h, m and s and whole numbers: "2160h", "1h30m", "90s".
bool ParseDuration(std::string_view text, uint64_t* seconds);

// A file mode as three octal digits, with or without a leading 0.
bool ParseFileMode(std::string_view text, uint32_t* mode);

// Of a Broker… document: 3 to 63 of a-z, 0-9 and -, no - at either end.
Status CheckResourceName(std::string_view text);
// Of a Secret or a ConfigMap: up to 253 of a-z, 0-9, - and ., each label without - at its ends.
Status CheckObjectName(std::string_view text);
// A key in one of those: up to 253 of A-Z, a-z, 0-9, -, _ and ., and neither . nor ..
Status CheckDataKey(std::string_view text);

Status CheckIpAddress(std::string_view text);
Status CheckNetwork(std::string_view text);
// A host name of letters, digits, - and .; the first label may be *.
Status CheckDnsName(std::string_view text);
Status CheckHttpsUrl(std::string_view text);
// What a browser sends as Origin: scheme://host, with a port perhaps.
Status CheckOrigin(std::string_view text);
Status CheckAbsolutePath(std::string_view text);
Status CheckSocketPath(std::string_view text);
Status CheckFileMode(std::string_view text);
// A number and one of K M G T P E, as disk sizes are given; an i may follow.
Status CheckDiskSize(std::string_view text);
Status CheckDuration(std::string_view text);
// UTF-8 without U+0000, as an MQTT string has to be.
Status CheckMqttText(std::string_view text);

}  // namespace signet::config
