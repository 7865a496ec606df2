// Reading: what goes with the reading of one document, and what is said of what stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/config/problem.h"
#include "core/config/reader.h"
#include "core/config/yaml_tree.h"

namespace signet::config {

struct Reading {
  std::string file;
  Problems* problems;
  ConfigReader* reader;
  // Whether sentences may repeat what is written: not where it may be a secret.
  bool may_quote = false;
  std::string path;  // Where in the document we are: `spec.ports[0].tls`.

  Origin At(uint32_t line) const { return {.file = file, .line = line}; }
  // A problem with what is at `path`.
  void Complain(uint32_t line, std::string_view sentence, Severity severity = Severity::kError);
  // For a sentence: the text in quotes, or what stands for it.
  std::string Quote(std::string_view text) const;
};

// Goes one step down the path for as long as it lives.
class PathStep {
 public:
  // A name of our own tables is no secret.
  enum class Name : uint8_t { kTyped, kKnown };
  PathStep(Reading* reading, std::string_view name, Name is = Name::kTyped);
  PathStep(Reading* reading, size_t index);
  ~PathStep() { reading_->path.resize(size_); }
  PathStep(const PathStep&) = delete;
  PathStep& operator=(const PathStep&) = delete;

 private:
  Reading* reading_;
  size_t size_;
};

// A secret, or where it comes from: file:PATH, or ${NAME} of the environment. A line feed at the
// end of a file is not part of the secret if `is_line`.
StatusOr<SecretBytes> ResolveValue(std::string_view text, bool is_line, const Reading& reading);

// Keys that are given twice in a map, in it or in what it holds.
void CheckDuplicateKeys(const YamlNode& node, Reading* reading);

// Whether a plain scalar is something else than text to YAML: true, false, a number.
bool IsTyped(const YamlNode& node);

}  // namespace signet::config
