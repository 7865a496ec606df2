// Status: the outcome of start-up and of reading files. Success costs nothing; a failure carries
// one sentence that an operator can act on.
#pragma once

#include <string>
#include <utility>

#include "core/base/expected.h"

namespace signet {

class [[nodiscard]] Status {
 public:
  Status() = default;
  static Status Ok() { return {}; }
  static Status Error(std::string sentence) { return Status(std::move(sentence)); }

  bool ok() const { return sentence_.empty(); }
  const std::string& sentence() const { return sentence_; }

 private:
  explicit Status(std::string sentence) : sentence_(std::move(sentence)) {
    CHECK(!sentence_.empty());  // It would pass for success.
  }

  std::string sentence_;
};

template <typename T>
using StatusOr = Expected<T, Status>;

}  // namespace signet
