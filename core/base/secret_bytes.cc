#include "core/base/secret_bytes.h"

#include <algorithm>
#include <cstring>

namespace signet {

void WipeText(std::string* text) {
  // The whole capacity: what a string has been shortened by is still behind its end.
  text->resize(text->capacity());
  WipeMemory(text->data(), text->size());
  text->clear();
}

void WipeMemory(void* memory, size_t size) { explicit_bzero(memory, size); }

void SecretBytes::Append(std::string_view more) {
  const size_t size = text_.size() + more.size();
  if (size > text_.capacity()) {
    std::string larger;
    larger.reserve(std::max(size, 2 * text_.capacity()));
    larger = text_;
    WipeText(&text_);
    text_ = std::move(larger);
  }
  text_ += more;
}

}  // namespace signet
