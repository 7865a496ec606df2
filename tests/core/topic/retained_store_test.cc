#include "core/topic/retained_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/core/topic/retained_fixtures.h"

namespace signet {
namespace {

using Outcome = RetainedStore::Outcome;
using StoredTexts = std::vector<std::string>;

constexpr RetainedStore::Limits kAmpleTime = {.messages = 1'000'000, .bytes = 1 << 30};

std::string PayloadOf(const MessageRef* message) {
  return message == nullptr ? "none" : std::string(AsText((*message)->View().payload));
}

TEST(RetainedStore, KeepsTheLastMessageOfATopicName) {  // [MQTT-3.3.1-5]
  RetainedStore store(kAmpleTime);
  EXPECT_EQ(store.Set(MakeMessage("a", "first")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("a", "second")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("b", "other")), Outcome::kStored);
  EXPECT_EQ(PayloadOf(store.Find("a", At(0))), "second");
  EXPECT_EQ(PayloadOf(store.Find("b", At(0))), "other");
  EXPECT_EQ(PayloadOf(store.Find("a/", At(0))), "none");
  EXPECT_EQ(store.size(), 2u);
  EXPECT_EQ(ScanAll(store, "#").topic_names, (StoredTexts{"a", "b"}));
}

TEST(RetainedStore, AnEmptyPayloadRemoves) {  // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
  RetainedStore store(kAmpleTime);
  store.Set(MakeMessage("a"));
  EXPECT_EQ(store.Set(MakeMessage("a", "")), Outcome::kRemoved);
  EXPECT_EQ(store.Set(MakeMessage("a", "")), Outcome::kRemoved);
  EXPECT_EQ(store.Find("a", At(0)), nullptr);
  EXPECT_EQ(store.size(), 0u);
  EXPECT_EQ(store.bytes(), 0u);
}

TEST(RetainedStore, CountsBytesAcrossReplacements) {
  RetainedStore store(kAmpleTime);
  for (const char* payload : {"x", "longer", "y"}) {
    const MessageRef message = MakeMessage("a", payload);
    store.Set(message);
    EXPECT_EQ(store.bytes(), message->size());
  }
}

TEST(RetainedStore, RefusesOneTopicNameTooMany) {
  RetainedStore store({.messages = 2, .bytes = 1000});
  store.Set(MakeMessage("a"));
  store.Set(MakeMessage("b"));
  EXPECT_EQ(store.Set(MakeMessage("c")), Outcome::kQuotaExceeded);
  EXPECT_EQ(store.Find("c", At(0)), nullptr);
  EXPECT_EQ(store.Set(MakeMessage("b", "replaced")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("c", "")), Outcome::kRemoved);
  EXPECT_EQ(store.Set(MakeMessage("a", "")), Outcome::kRemoved);
  EXPECT_EQ(store.Set(MakeMessage("c")), Outcome::kStored);
}

TEST(RetainedStore, JudgesAReplacementByTheBytesItAdds) {
  const size_t size = MakeMessage("a", "1234")->size();
  RetainedStore store({.messages = 10, .bytes = 2 * size});
  EXPECT_EQ(store.Set(MakeMessage("a", "1234")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("b", "12345")), Outcome::kQuotaExceeded);
  EXPECT_EQ(store.Set(MakeMessage("b", "1234")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("b", "12345")), Outcome::kQuotaExceeded);
  EXPECT_EQ(PayloadOf(store.Find("b", At(0))), "1234");
  EXPECT_EQ(store.Set(MakeMessage("b", "4321")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("a", "1")), Outcome::kStored);
  EXPECT_EQ(store.Set(MakeMessage("b", "1234567")), Outcome::kStored);
  EXPECT_EQ(store.bytes(), 2 * size);
}

TEST(RetainedStore, WhatHasExpiredIsNotThere) {  // [MQTT-3.3.2-5]
  RetainedStore store(kAmpleTime);
  store.Set(MakeMessage("a", "p", At(10)));
  store.Set(MakeMessage("b", "p"));
  EXPECT_NE(store.Find("a", At(9)), nullptr);
  EXPECT_EQ(store.Find("a", At(10)), nullptr);
  EXPECT_NE(store.Find("b", Instant::Never()), nullptr);
  EXPECT_EQ(ScanAll(store, "+", At(9)).topic_names, (StoredTexts{"a", "b"}));
  EXPECT_EQ(ScanAll(store, "+", At(10)).topic_names, StoredTexts{"b"});
}

TEST(RetainedStore, SweepsInSlices) {
  RetainedStore store(kAmpleTime);
  for (int i = 0; i < 100; ++i) {
    store.Set(MakeMessage(fmt::format("t{}", i), "p", i % 2 == 0 ? At(5) : Instant::Never()));
  }
  EXPECT_EQ(store.Sweep(At(4), 1000), 0u);
  EXPECT_EQ(store.size(), 100u);
  size_t slices = 0;
  for (size_t dropped = 0; dropped < 50; ++slices) dropped += store.Sweep(At(5), 7);
  EXPECT_LE(slices, 100u / 7 + 1);
  EXPECT_EQ(store.size(), 50u);
  EXPECT_EQ(ScanAll(store, "#").steps, 50u);

  store.Set(MakeMessage("s", "p", At(6)));  // Before the place where the last sweep stopped.
  size_t dropped = 0;
  for (int i = 0; i < 20; ++i) dropped += store.Sweep(At(6), 7);
  EXPECT_EQ(dropped, 1u);
  EXPECT_EQ(store.bytes(), [&] {
    size_t bytes = 0;
    RetainedStore::Cursor cursor;
    store.Scan("#", At(0), SIZE_MAX, &cursor, [&](const MessageRef& message) {
      bytes += message->size();
      return true;
    });
    return bytes;
  }());
}

TEST(RetainedStore, SweepGoesOnWhenItsPlaceIsRemoved) {
  RetainedStore store(kAmpleTime);
  for (const char* name : {"a", "b", "c", "d"}) store.Set(MakeMessage(name, "p", At(5)));
  EXPECT_EQ(store.Sweep(At(5), 2), 2u);
  store.Set(MakeMessage("c", ""));
  EXPECT_EQ(store.Sweep(At(5), 2), 1u);
  EXPECT_EQ(store.size(), 0u);
}

TEST(RetainedStore, AReplacementMayExpireWhenTheOriginalDidNot) {
  RetainedStore store(kAmpleTime);
  store.Set(MakeMessage("a", "p"));
  store.Set(MakeMessage("a", "p", At(5)));
  EXPECT_EQ(store.Sweep(At(5), 10), 1u);
  store.Set(MakeMessage("a", "p", At(5)));
  store.Set(MakeMessage("a", "p"));
  EXPECT_EQ(store.Sweep(At(5), 10), 0u);
  EXPECT_EQ(store.size(), 1u);
}

}  // namespace
}  // namespace signet
