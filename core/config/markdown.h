// The fields of all kinds of manifests as text: docs/CONFIG.md is generated from it.
#pragma once

#include <string>

namespace signet::config {

// A section with a table for each kind.
std::string ReferenceAsMarkdown();

}  // namespace signet::config
