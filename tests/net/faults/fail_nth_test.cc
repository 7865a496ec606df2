// Each operation of a broker fails once, in each way in which it can.
#include <gtest/gtest.h>

#include "fmt/format.h"
#include "tests/net/faults/failures.h"
#include "tests/net/faults/faulty_broker.h"

namespace signet {
namespace {

struct Case {
  uint32_t shards;
  const Failure* failure;
  std::set<Op> ops;  // That a running broker submits.

  friend void PrintTo(const Case& it, std::ostream* out) {
    *out << fmt::format("{}On{}", it.failure->name, it.shards);
  }
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const uint32_t shards : {1u, 2u}) {
    for (const Failure& failure : AllFailures()) {
      std::set<Op> ops = failure.ops;
      // It is submitted at the start, and after another failure.
      if (failure.occasion == Occasion::Kind::kSubmit) ops.erase(Op::kAccept);
      if (shards == 1) ops.erase(Op::kRingBell);
      if (!ops.empty()) cases.push_back({.shards = shards, .failure = &failure, .ops = ops});
    }
  }
  return cases;
}

class FailNthTest : public testing::TestWithParam<Case> {};

// One kind of operation after the other: how many there are of the others before it in a play, and
// so which is the nth of all, depends on who is quick.
TEST_P(FailNthTest, HurtsNobodyElse) {
  FaultyBroker faulty(GetParam().shards);
  for (const Op op : GetParam().ops) {
    Failure failure = *GetParam().failure;
    failure.ops = {op};
    int nth = 1;
    const auto meanwhile = [&] {
      if (faulty.faults().hits().empty()) return;
      if (op == Op::kRingBell) {
        EXPECT_GT(faulty.faults().completions_since_hit(Op::kReadEvent), 0) << "nobody was woken";
      }
      if (nth == 1) faulty.ExpectIdle();
    };
    while (faulty.Play(FailNth(failure, nth), meanwhile)) {
      ASSERT_FALSE(HasFailure()) << "with number " << nth << " of operation "
                                 << static_cast<int>(op);
      ++nth;
    }
    EXPECT_GT(nth, 1) << "operation " << static_cast<int>(op) << " has never failed";
  }
}

INSTANTIATE_TEST_SUITE_P(, FailNthTest, testing::ValuesIn(Cases()),
                         testing::PrintToStringParamName());

// Those of a start: to accept and to read the eventfd.
TEST(FailNth, ABrokerStartsAllTheSame) {
  for (const Failure& failure : AllFailures()) {
    if (failure.occasion != Occasion::Kind::kSubmit || !failure.ops.contains(Op::kAccept)) continue;
    for (const uint32_t shards : {1u, 2u}) {
      for (uint32_t nth = 1; nth <= 2 * shards; ++nth) {
        SCOPED_TRACE(fmt::format("{}, number {} of {} shards", failure.name, nth, shards));
        FaultyBroker faulty(shards, FailNth(failure, static_cast<int>(nth)));
        faulty.Play(nullptr);
      }
    }
  }
}

}  // namespace
}  // namespace signet
