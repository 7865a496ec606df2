// SecretBytes: bytes that no log and no error sentence may show, such as a private key or a
// password. They are wiped when they are let go. A value; used on one thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"

namespace signet {

// Overwrites what a string holds, unused capacity included, and empties it.
void WipeText(std::string* text);
// Overwrites memory that is about to be freed, which a compiler would otherwise leave out.
void WipeMemory(void* memory, size_t size);

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string_view text) : text_(text) {}
  // Leaves nothing behind in `text`.
  static SecretBytes Take(std::string* text) {
    SecretBytes secret;
    secret.text_ = std::move(*text);
    WipeText(text);
    return secret;
  }

  SecretBytes(const SecretBytes&) = default;
  SecretBytes& operator=(const SecretBytes& other) {
    if (this != &other) {
      WipeText(&text_);
      text_ = other.text_;
    }
    return *this;
  }
  // A short string is copied by its move, so what is left behind is wiped as well.
  SecretBytes(SecretBytes&& other) noexcept : text_(std::move(other.text_)) {
    WipeText(&other.text_);
  }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      WipeText(&text_);
      text_ = std::move(other.text_);
      WipeText(&other.text_);
    }
    return *this;
  }
  ~SecretBytes() { WipeText(&text_); }

  // Leaves nothing behind where it grows out of its place.
  void Append(std::string_view more);

  bool empty() const { return text_.empty(); }
  size_t size() const { return text_.size(); }
  std::string_view text() const { return text_; }
  ByteView bytes() const { return AsBytes(text_); }

  friend bool operator==(const SecretBytes&, const SecretBytes&) = default;

 private:
  std::string text_;
};

}  // namespace signet
