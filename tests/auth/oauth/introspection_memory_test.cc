// For how long an introspection endpoint is believed, and how often it is asked.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "auth/judge.h"
#include "auth/verdict_cache.h"
#include "tests/auth/oauth/introspection_fixture.h"

namespace signet::auth {
namespace {

class IntrospectionMemoryTest : public IntrospectionTest {
 protected:
  IntrospectionMemoryTest() { Appoint(); }

  // A judge who asks by settings_.
  void Appoint() {
    ASSERT_EQ(Make(), "");
    clock_.wall = kNow;
    judge_ = std::make_shared<Judge>(++judges_, std::move(method_), &cache_, &clock_);
  }

  void Pass(Duration duration) {
    clock_.now = clock_.now + duration;
    clock_.wall = WallTime::FromMilliseconds(clock_.wall.milliseconds() +
                                             duration / std::chrono::milliseconds(1));
  }

  void Ask(std::string_view token) {
    judge_->Ask(std::make_shared<Credentials>(Enhanced(token)), Judge::Memory::kMayAnswer,
                [this](const Verdict& verdict) { verdicts_.push_back(verdict.index()); });
  }

  // How many questions this token costs now, of which the server says this.
  size_t Cost(std::string_view members, std::string_view token = "opaque") {
    const size_t before = fetcher_.requests().size();
    Ask(token);
    if (fetcher_.open() > 0) fetcher_.Answer(200, fmt::format("{{{}}}", members));
    return fetcher_.requests().size() - before;
  }

  uint64_t judges_ = 0;
  VerdictCache cache_{{}, {}};
  std::shared_ptr<Judge> judge_;
  std::vector<size_t> verdicts_;  // As alternatives of Verdict.
};

constexpr size_t kAcceptedPlace = 0;
constexpr size_t kDenied = 1;
constexpr size_t kUnavailable = 2;

TEST_F(IntrospectionMemoryTest, AnAnswerIsBelievedForAsLongAsConfigured) {
  EXPECT_EQ(Cost(Good()), 1U);
  EXPECT_EQ(Cost(Good()), 0U);
  EXPECT_EQ(Cost(Good(), "another"), 1U);
  Pass(seconds(59));
  EXPECT_EQ(Cost(Good()), 0U);
  Pass(seconds(1));
  EXPECT_EQ(Cost(Good()), 1U);
  EXPECT_EQ(verdicts_, std::vector<size_t>(5, kAcceptedPlace));
}

TEST_F(IntrospectionMemoryTest, AndNeverPastItsEnd) {
  settings_.leeway_s = 100;
  Appoint();
  const std::string members = R"("active":true,"sub":"pump-7","exp":1700000030)";
  EXPECT_EQ(Cost(members), 1U);
  Pass(seconds(29));
  EXPECT_EQ(Cost(members), 0U);
  Pass(seconds(1));
  EXPECT_EQ(Cost(members), 1U);
  // By the leeway it still lets in, and the server may say something else each time.
  EXPECT_EQ(Cost(members), 1U);
  EXPECT_EQ(Cost(R"("active":false)"), 1U);
  EXPECT_EQ(verdicts_, (std::vector<size_t>{kAcceptedPlace, kAcceptedPlace, kAcceptedPlace,
                                            kAcceptedPlace, kDenied}));
}

TEST_F(IntrospectionMemoryTest, NothingIsRememberedIfThatIsConfigured) {
  settings_.introspection->cache_s = 0;
  Appoint();
  EXPECT_EQ(Cost(Good()), 1U);
  EXPECT_EQ(Cost(Good()), 1U);
}

TEST_F(IntrospectionMemoryTest, HoweverLongItMayBeThereIsAGreatestAge) {
  settings_.introspection->cache_s = 86'400;
  settings_.require_exp = false;
  Appoint();
  const std::string members = R"("active":true,"sub":"pump-7")";
  EXPECT_EQ(Cost(members), 1U);
  Pass(VerdictCache::Options{}.accepted_age - seconds(1));
  EXPECT_EQ(Cost(members), 0U);
  Pass(seconds(1));
  EXPECT_EQ(Cost(members), 1U);
}

TEST_F(IntrospectionMemoryTest, ARefusalIsBelievedBriefly) {
  EXPECT_EQ(Cost(R"("active":false)"), 1U);
  EXPECT_EQ(Cost(Good()), 0U);
  Pass(VerdictCache::Options{}.denied_age);
  EXPECT_EQ(Cost(Good()), 1U);
  EXPECT_EQ(verdicts_, (std::vector<size_t>{kDenied, kDenied, kAcceptedPlace}));
}

TEST_F(IntrospectionMemoryTest, NoVerdictIsNotRemembered) {
  EXPECT_EQ(Cost(""), 1U);
  EXPECT_EQ(Cost(Good()), 1U);
  EXPECT_EQ(verdicts_, (std::vector<size_t>{kUnavailable, kAcceptedPlace}));
}

TEST_F(IntrospectionMemoryTest, WhoComesMeanwhileWaitsForTheSameAnswer) {
  for (int i = 0; i < 100; ++i) Ask("opaque");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  fetcher_.Answer(200, fmt::format("{{{}}}", Good()));
  EXPECT_EQ(verdicts_, std::vector<size_t>(100, kAcceptedPlace));
}

}  // namespace
}  // namespace signet::auth
