#include "core/base/slot_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace signet {
namespace {

using Id = SlotId<struct TestTag>;

struct Object {
  Object(Id own, int number, int* alive_count) : id(own), value(number), alive(alive_count) {
    ++*alive;
  }
  Object(const Object&) = delete;
  ~Object() { --*alive; }

  const Id id;
  int value;
  int* alive;
};

class SlotMapTest : public ::testing::Test {
 protected:
  Object* Add(int value) { return map_.Emplace(value, &alive_); }

  int alive_ = 0;
  SlotMap<Object, Id> map_{200};
};

TEST_F(SlotMapTest, FindsWhatWasPutInByTheIdThatItWasGiven) {
  Object* object = Add(7);
  ASSERT_NE(object, nullptr);
  EXPECT_TRUE(static_cast<bool>(object->id));
  EXPECT_EQ(map_.Find(object->id), object);
  EXPECT_EQ(map_.size(), 1u);
}

TEST_F(SlotMapTest, FindsNobodyUnderAnIdThatWasNeverGivenOut) {
  EXPECT_EQ(map_.Find(Id{}), nullptr);
  const Id id = Add(1)->id;
  EXPECT_EQ(map_.Find(Id{}), nullptr);
  EXPECT_EQ(map_.Find(Id{id.slot, id.generation + 1}), nullptr);
  EXPECT_EQ(map_.Find(Id{id.slot + 1, id.generation}), nullptr);
  EXPECT_EQ(map_.Find(Id{UINT32_MAX, 1}), nullptr);
}

TEST_F(SlotMapTest, FindsNobodyOnceTheSlotHasAnotherInhabitant) {
  const Id old = Add(1)->id;
  map_.Erase(old);
  EXPECT_EQ(map_.Find(old), nullptr);
  Object* next = Add(2);
  EXPECT_EQ(next->id.slot, old.slot);
  EXPECT_NE(next->id.generation, old.generation);
  EXPECT_EQ(map_.Find(old), nullptr);
  EXPECT_EQ(map_.Find(next->id), next);
}

TEST_F(SlotMapTest, RefusesMoreThanItsCapacity) {
  for (int i = 0; i < 200; ++i) ASSERT_NE(Add(i), nullptr);
  EXPECT_EQ(Add(200), nullptr);
  EXPECT_EQ(map_.size(), map_.capacity());
  EXPECT_EQ(alive_, 200);
  map_.Erase(Id{100, 1});
  EXPECT_NE(Add(201), nullptr);
  EXPECT_EQ(Add(202), nullptr);
}

TEST_F(SlotMapTest, HoldsNothingWithoutCapacity) {
  SlotMap<Object, Id> none(0);
  EXPECT_EQ(none.Emplace(1, &alive_), nullptr);
  EXPECT_EQ(alive_, 0);
}

TEST_F(SlotMapTest, NeverMovesWhatItHolds) {
  std::map<int, Object*> objects;
  for (int i = 0; i < 200; ++i) objects[i] = Add(i);
  for (const auto& [value, object] : objects) {
    EXPECT_EQ(object->value, value);
    EXPECT_EQ(map_.Find(object->id), object);
  }
  EXPECT_EQ(map_.slot_count(), 200u);
}

TEST_F(SlotMapTest, LetsAVisitorEraseWhatItIsGiven) {
  for (int i = 0; i < 100; ++i) Add(i);
  int visited = 0;
  map_.ForEach([&](Object& object) {
    EXPECT_EQ(object.value, visited++);  // In the order of slots.
    if (object.value % 2 == 0) map_.Erase(object.id);
  });
  EXPECT_EQ(visited, 100);
  EXPECT_EQ(map_.size(), 50u);
  map_.ForEach([](Object& object) { EXPECT_EQ(object.value % 2, 1); });
}

TEST_F(SlotMapTest, DestroysWhatIsLeft) {
  {
    SlotMap<Object, Id> map(10);
    for (int i = 0; i < 5; ++i) map.Emplace(i, &alive_);
    EXPECT_EQ(alive_, 5);
    map.Clear();
    EXPECT_EQ(alive_, 0);
    EXPECT_EQ(map.size(), 0u);
    map.Emplace(1, &alive_);
  }
  EXPECT_EQ(alive_, 0);
}

TEST_F(SlotMapTest, KeepsTheAlignmentOfItsObjects) {
  struct alignas(128) Wide {
    explicit Wide(Id) {}
    char byte = 0;
  };
  SlotMap<Wide, Id> map(70);
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(map.Emplace()) % 128, 0u);
  }
}

// The generation has 24 bits and shares a word with other things: it must come round to 1, never to
// 0.
TEST_F(SlotMapTest, ComesRoundToTheFirstGenerationWithoutEverGivingOutNone) {
  struct Nothing {
    explicit Nothing(Id own) : id(own) {}
    Id id;
  };
  SlotMap<Nothing, Id> map(1);
  for (uint32_t generation = 1; generation <= Id::kGenerationMask; ++generation) {
    const Id id = map.Emplace()->id;
    if (id.generation != generation) FAIL() << generation;
    map.Erase(id);
  }
  EXPECT_EQ(map.Emplace()->id.generation, 1u);
}

TEST_F(SlotMapTest, AgreesWithAMapOverRandomCalls) {
  std::mt19937 random(1);
  std::map<std::pair<uint32_t, uint32_t>, int> model;
  std::set<std::pair<uint32_t, uint32_t>> gone;
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0) {
      Object* object = Add(step);
      ASSERT_EQ(object == nullptr, model.size() == 200);
      if (object == nullptr) continue;
      const bool is_new =
          model.emplace(std::pair(object->id.slot, object->id.generation), step).second;
      ASSERT_TRUE(is_new);
    } else if (!model.empty()) {
      auto chosen = model.lower_bound({static_cast<uint32_t>(random() % 200), 0});
      if (chosen == model.end()) chosen = model.begin();
      map_.Erase(Id{chosen->first.first, chosen->first.second});
      gone.insert(chosen->first);
      model.erase(chosen);
    }
    ASSERT_EQ(map_.size(), model.size());
  }
  for (const auto& [id, value] : model) ASSERT_EQ(map_.Find(Id{id.first, id.second})->value, value);
  for (const auto& id : gone) ASSERT_EQ(map_.Find(Id{id.first, id.second}), nullptr);
  ASSERT_EQ(static_cast<size_t>(alive_), model.size());
}

}  // namespace
}  // namespace signet
