#include "core/base/expected.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/status.h"

namespace signet {
namespace {

enum class Reason { kBroken, kLate };

using IntOr = Expected<int, Reason>;

IntOr Half(int number) {
  if (number % 2 != 0) return Reason::kBroken;
  return number / 2;
}

TEST(Expected, HoldsAValueOrAReason) {
  const IntOr good = Half(4);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(static_cast<bool>(good));
  EXPECT_EQ(*good, 2);
  EXPECT_EQ(good.value(), 2);
  const IntOr bad = Half(3);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error(), Reason::kBroken);
}

TEST(Expected, CanBeAssignedEitherWay) {
  IntOr result = Half(4);
  result = Reason::kLate;
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error(), Reason::kLate);
  result = 7;
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, 7);
}

TEST(Expected, TakesWhatCanOnlyBeMoved) {
  Expected<std::unique_ptr<int>, Reason> result = std::make_unique<int>(5);
  ASSERT_TRUE(result.ok());
  const std::unique_ptr<int> taken = std::move(*result);
  EXPECT_EQ(*taken, 5);
}

TEST(Expected, TakesWhatHasNoDefault) {
  struct Named {
    explicit Named(std::string text) : name(std::move(text)) {}
    std::string name;
  };
  Expected<Named, Reason> result = Named("a");
  EXPECT_EQ(result->name, "a");
  result->name += "b";
  EXPECT_EQ((*result).name, "ab");
}

TEST(Expected, CanBeFilledInWhereItIsReturned) {
  struct Large {
    int first = 1;
    int others[64] = {};
  };
  Expected<Large, Reason> result(std::in_place);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->first, 1);
  result = Reason::kLate;
  EXPECT_FALSE(result.ok());
}

#ifndef NDEBUG
TEST(ExpectedDeathTest, EndsTheProcessWhenTheOtherOneIsTaken) {
  EXPECT_DEATH(static_cast<void>(*Half(3)), "check failed");
  EXPECT_DEATH(static_cast<void>(Half(4).error()), "check failed");
}
#endif

TEST(Status, IsFineUntilSomethingIsSaid) {
  EXPECT_TRUE(Status().ok());
  EXPECT_TRUE(Status::Ok().ok());
  const Status status = Status::Error("broker.yaml:3: no such field.");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.sentence(), "broker.yaml:3: no such field.");
}

TEST(StatusDeathTest, EndsTheProcessForAFailureWithoutASentence) {
  EXPECT_DEATH(static_cast<void>(Status::Error("")), "check failed");
}

TEST(StatusOr, CarriesTheSentence) {
  const StatusOr<std::string> good = std::string("text");
  EXPECT_TRUE(good.ok());
  const StatusOr<std::string> bad = Status::Error("It is not there.");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().sentence(), "It is not there.");
}

}  // namespace
}  // namespace signet
