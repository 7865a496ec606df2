#include "core/config/problem.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signet::config {
namespace {

TEST(Problems, AreInTheOrderOfFilesAndLines) {
  Problems problems;
  problems.Error({.file = "b", .line = 1}, "3");
  problems.Error({.file = "a", .line = 10}, "2");
  problems.Add(Severity::kWarning, {.file = "a", .line = 9}, "1");
  std::string order;
  for (const Problem& problem : problems.Take()) order += problem.sentence;
  EXPECT_EQ(order, "123");
}

// Warnings refuse nothing, however many there are.
TEST(Problems, AreAsSevereAsTheWorstOfThoseThatAreLeftOut) {
  for (const Severity worst : {Severity::kError, Severity::kWaiting, Severity::kWarning}) {
    Problems problems;
    for (size_t i = 0; i <= Problems::kMost; ++i) problems.Add(Severity::kWarning, {}, "a");
    problems.Add(worst, {}, "b");
    problems.Add(Severity::kWarning, {}, "c");
    EXPECT_EQ(problems.has_errors(), worst == Severity::kError);
    const std::vector<Problem> taken = problems.Take();
    ASSERT_EQ(taken.size(), Problems::kMost + 1);
    EXPECT_EQ(taken.back().sentence, "and 3 more problems");
    EXPECT_EQ(taken.back().severity, worst);
  }
}

}  // namespace
}  // namespace signet::config
