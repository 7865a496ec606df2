#include "core/base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <new>

namespace signet {
namespace {

constexpr std::string_view kLong = "a secret that is too long to be kept inside a string";

// Whether the memory of an object holds a part of the text.
bool Holds(const void* memory, size_t size, std::string_view text) {
  const auto* bytes = static_cast<const char*>(memory);
  return std::search(bytes, bytes + size, text.begin(), text.end()) != bytes + size;
}

TEST(SecretBytes, IsAValue) {
  const SecretBytes secret(kLong);
  SecretBytes copy = secret;
  EXPECT_EQ(copy, secret);
  EXPECT_EQ(copy.text(), kLong);
  copy = SecretBytes("other");
  EXPECT_NE(copy, secret);
  EXPECT_EQ(copy.bytes().size(), 5u);
  const SecretBytes moved = std::move(copy);
  EXPECT_EQ(moved.text(), "other");
  EXPECT_TRUE(SecretBytes().empty());
}

TEST(SecretBytes, LeavesNothingBehindWhenItIsMoved) {
  for (const std::string_view text : {std::string_view("short"), kLong}) {
    SecretBytes from(text);
    const SecretBytes to = std::move(from);
    EXPECT_EQ(to.text(), text);
    EXPECT_FALSE(Holds(&from, sizeof from, text.substr(0, 5)));
  }
}

TEST(SecretBytes, LeavesNothingBehindInWhatItTakes) {
  std::string text = "short";
  const SecretBytes secret = SecretBytes::Take(&text);
  EXPECT_EQ(secret.text(), "short");
  EXPECT_TRUE(text.empty());
  EXPECT_FALSE(Holds(&text, sizeof text, "short"));
}

TEST(SecretBytes, GrowsAndLeavesNothingBehind) {
  SecretBytes secret("short");
  for (int i = 0; i < 100; ++i) secret.Append(kLong);
  EXPECT_EQ(secret.size(), 5 + 100 * kLong.size());
  EXPECT_TRUE(secret.text().starts_with("shorta secret"));
  EXPECT_TRUE(secret.text().ends_with(kLong));
}

TEST(SecretBytes, IsWipedInPlace) {
  alignas(SecretBytes) unsigned char memory[sizeof(SecretBytes)] = {};
  auto* secret = new (memory) SecretBytes("short");
  EXPECT_TRUE(Holds(memory, sizeof memory, "short"));
  std::destroy_at(secret);
  EXPECT_FALSE(Holds(memory, sizeof memory, "short"));
}

TEST(SecretBytes, IsWipedToTheEndOfItsMemory) {
  std::string text(kLong);
  const char* memory = text.data();
  const size_t size = text.size();
  text.resize(3);
  WipeText(&text);
  EXPECT_TRUE(text.empty());
  // Wiping keeps the memory, so it can be looked at.
  EXPECT_EQ(text.data(), memory);
  EXPECT_TRUE(std::all_of(memory, memory + text.capacity(), [](char c) { return c == '\0'; }));
  EXPECT_GE(text.capacity(), size);
}

}  // namespace
}  // namespace signet
