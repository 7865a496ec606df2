#include "core/base/secret_bytes.h"

#include <cstring>

namespace signet {

void WipeText(std::string* text) {
  // The whole capacity: what a string has been shortened by is still behind its end.
  text->resize(text->capacity());
  explicit_bzero(text->data(), text->size());
  text->clear();
}

}  // namespace signet
