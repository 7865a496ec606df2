// The decision table of azure-iot-operations 3.2, row by row, with what follows from its rules for
// other lists of methods; then the rows of 3.6 and 9 about what ends a credential or renews it.
// docs/decision-tables.md says which test stands for which row.
#include "core/base/check.h"
#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

// What a method finds out about what is presented to it, or about anything in the case of Custom.
enum class Finds : uint8_t { kGood, kBad, kExpired, kNobodyToAsk };

struct Presents {
  bool token = false;
  bool certificate = false;
  bool password = false;
  bool unknown_method = false;  // An Authentication Method that nobody has configured.
};

struct DecisionRow {
  std::string_view name;
  std::string_view methods;  // In their order: C(ustom), T (ServiceAccountToken), X(509).
  Finds custom = Finds::kGood;
  Finds token = Finds::kGood;
  Finds certificate = Finds::kGood;
  Presents presents;
  ReasonCode code = ReasonCode::kSuccess;  // Of the refusal; 0x88 stands for no verdict.
  std::string_view asked;                  // Who is asked.
  std::string_view by;                     // Who lets it in; empty: nobody does.
};

constexpr auto kRefused = ReasonCode::kNotAuthorized;
constexpr auto kNoSuchMethod = ReasonCode::kBadAuthenticationMethod;
constexpr auto kNoVerdict = ReasonCode::kServerUnavailable;

constexpr DecisionRow kDecisionRows[] = {
    // The table itself.
    {.name = "CustomAcceptsWhateverIsPresented",
     .methods = "CTX",
     .token = Finds::kBad,
     .presents = {.token = true},
     .asked = "C",
     .by = "Custom"},
    {.name = "CustomRefusesAndTheGoodTokenIsNotTried",
     .methods = "CTX",
     .custom = Finds::kBad,
     .presents = {.token = true},
     .code = kRefused,
     .asked = "C"},
    {.name = "CustomIsDownAndTheTokenIsGood",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .presents = {.token = true},
     .asked = "CT",
     .by = "ServiceAccountToken"},
    {.name = "CustomIsDownAndABadTokenIsFinalBesideAGoodCertificate",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .token = Finds::kBad,
     .presents = {.token = true, .certificate = true},
     .code = kRefused,
     .asked = "CT"},
    {.name = "CustomIsDownAndAPasswordIsForNobodyElse",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .presents = {.password = true},
     .code = kRefused,
     .asked = "C"},
    // What follows for the same list.
    {.name = "CustomIsDownAndTheCertificateIsGood",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .presents = {.certificate = true},
     .asked = "CX",
     .by = "X509"},
    {.name = "CustomIsDownAndTheCertificateIsBad",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .certificate = Finds::kBad,
     .presents = {.certificate = true},
     .code = kRefused,
     .asked = "CX"},
    {.name = "CustomIsDownAndSoIsTheApiServer",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .token = Finds::kNobodyToAsk,
     .presents = {.token = true, .certificate = true},
     .code = kNoVerdict,
     .asked = "CT"},
    {.name = "CustomIsDownAndNobodyKnowsTheMethodThatIsNamed",
     .methods = "CTX",
     .custom = Finds::kNobodyToAsk,
     .presents = {.unknown_method = true},
     .code = kNoSuchMethod,
     .asked = "C"},
    {.name = "CustomBehindATokenIsNotAskedAboutIt",
     .methods = "TC",
     .token = Finds::kBad,
     .presents = {.token = true},
     .code = kRefused,
     .asked = "T"},
    {.name = "CustomLastDecidesAboutAPassword",
     .methods = "TXC",
     .presents = {.password = true},
     .asked = "C",
     .by = "Custom"},
    // Tokens and certificates.
    {.name = "ATokenDecidesWhereItIsFirst",
     .methods = "TX",
     .certificate = Finds::kBad,
     .presents = {.token = true, .certificate = true},
     .asked = "T",
     .by = "ServiceAccountToken"},
    {.name = "ABadTokenIsFinalBesideAGoodCertificate",
     .methods = "TX",
     .token = Finds::kBad,
     .presents = {.token = true, .certificate = true},
     .code = kRefused,
     .asked = "T"},
    {.name = "AnExpiredTokenIsFinalBesideAGoodCertificate",  // 9.32
     .methods = "TX",
     .token = Finds::kExpired,
     .presents = {.token = true, .certificate = true},
     .code = kRefused,
     .asked = "T"},
    {.name = "ATokenThatNobodyCanReviewIsFinalBesideAGoodCertificate",  // 3.2.4
     .methods = "TX",
     .token = Finds::kNobodyToAsk,
     .presents = {.token = true, .certificate = true},
     .code = kNoVerdict,
     .asked = "T"},
    {.name = "ACertificateDecidesWhereNoTokenIsPresented",
     .methods = "TX",
     .presents = {.certificate = true},
     .asked = "X",
     .by = "X509"},
    {.name = "ACertificateDecidesWhereItIsFirst",
     .methods = "XT",
     .token = Finds::kBad,
     .presents = {.token = true, .certificate = true},
     .asked = "X",
     .by = "X509"},
    {.name = "ABadCertificateIsFinalBesideAGoodToken",
     .methods = "XT",
     .certificate = Finds::kBad,
     .presents = {.token = true, .certificate = true},
     .code = kRefused,
     .asked = "X"},
    {.name = "AnExpiredCertificateIsFinalBesideAGoodToken",
     .methods = "XT",
     .certificate = Finds::kExpired,
     .presents = {.token = true, .certificate = true},
     .code = kRefused,
     .asked = "X"},
    {.name = "ATokenDecidesWhereNoCertificateIsShown",
     .methods = "XT",
     .presents = {.token = true},
     .asked = "T",
     .by = "ServiceAccountToken"},
    {.name = "ACertificateWithAMethodThatNobodyKnows",  // 9.9: it is not the method that decides.
     .methods = "TX",
     .presents = {.certificate = true, .unknown_method = true},
     .asked = "X",
     .by = "X509"},
    {.name = "AMethodThatNobodyKnows",  // 9.9
     .methods = "TX",
     .presents = {.unknown_method = true},
     .code = kNoSuchMethod,
     .asked = ""},
    {.name = "NothingAtAll", .methods = "TX", .presents = {}, .code = kRefused, .asked = ""},
    {.name = "APasswordIsForNobody",
     .methods = "TX",
     .presents = {.password = true},
     .code = kRefused,
     .asked = ""},
    {.name = "ATokenWhereCertificatesAloneCount",
     .methods = "X",
     .presents = {.token = true},
     .code = kNoSuchMethod,
     .asked = ""},
    {.name = "ACertificateWhereTokensAloneCount",
     .methods = "T",
     .presents = {.certificate = true},
     .code = kRefused,
     .asked = ""},
    {.name = "ATokenWhereNoMethodIsConfigured",
     .methods = "",
     .presents = {.token = true},
     .code = kNoSuchMethod,
     .asked = ""},
    {.name = "ACertificateWhereNoMethodIsConfigured",
     .methods = "",
     .presents = {.certificate = true},
     .code = kRefused,
     .asked = ""},
};

class DecisionTable : public AuthShardTest, public testing::WithParamInterface<DecisionRow> {
 protected:
  DecisionTable() {
    custom_.name = "Custom";
    custom_.yields = true;
    custom_.remembers = false;
    custom_.is_relevant = [](const Credentials&) { return true; };
    certificate_.name = "X509";
    certificate_.reauthenticates = false;
    certificate_.is_relevant = [](const Credentials& credentials) {
      return credentials.chain != nullptr;
    };
  }

  Script& ScriptOf(char method) {
    return method == 'C' ? custom_ : method == 'T' ? sat_ : certificate_;
  }
  Finds FindsOf(char method) const {
    const DecisionRow& row = GetParam();
    return method == 'C' ? row.custom : method == 'T' ? row.token : row.certificate;
  }
  Verdict VerdictOf(Finds finds) const {
    switch (finds) {
      case Finds::kGood:
        return AcceptedAs("somebody", In(seconds(100)));
      case Finds::kBad:
        return Denied{.rule = "forged"};
      case Finds::kExpired:
        return AcceptedAs("somebody", wall_);
      case Finds::kNobodyToAsk:
        return Unavailable{.why = "503"};
    }
    UNREACHABLE();
  }
  static Credentials Make(const Presents& presents) {
    Credentials credentials{.client_id = "c", .peer = "192.0.2.1:7"};
    if (presents.token) credentials = With("token");
    if (presents.unknown_method) credentials.authentication_method = "PLANT-OTP";
    if (presents.password) {
      credentials.username = "u";
      credentials.password = SecretBytes("p");
    }
    if (presents.certificate) {
      credentials.chain = std::make_shared<const CertificateChain>(
          CertificateChain{std::vector<uint8_t>{0x30, 0x00}});
    }
    return credentials;
  }
  void Configure() {
    std::vector<Script*> scripts;
    for (const char method : GetParam().methods) {
      ScriptOf(method).at_once = VerdictOf(FindsOf(method));
      scripts.push_back(&ScriptOf(method));
    }
    AuthShardTest::Configure(std::move(scripts));
  }

  Script custom_;
  Script certificate_;
};

INSTANTIATE_TEST_SUITE_P(Rows, DecisionTable, testing::ValuesIn(kDecisionRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(DecisionTable, IsDecidedSo) {
  const DecisionRow& row = GetParam();
  Configure();
  Ask(Make(row.presents));
  std::string asked;
  for (const char method : row.methods) {
    if (ScriptOf(method).verified > 0) asked += method;
  }
  EXPECT_EQ(asked, row.asked);
  if (row.by.empty()) {
    const AuthOutcome outcome = Outcome();
    const auto* refused = std::get_if<Rejected>(&outcome);
    EXPECT_EQ(std::holds_alternative<Undecided>(outcome), row.code == kNoVerdict);
    EXPECT_EQ(refused != nullptr ? refused->reason_code : kNoVerdict, row.code);
    return;
  }
  const Principal principal = Proven();
  EXPECT_EQ(principal.method, row.by);
  EXPECT_EQ(principal.may_reauthenticate, row.by != "X509");
  // Whoever lets it in, it ends with its credential and not before (3.6.1).
  Advance(seconds(100) - milliseconds(1));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
}

// Section 9, "Failure classes": a verdict is counted as one, and the lack of one as a failure.
TEST_P(DecisionTable, IsCountedSo) {
  const DecisionRow& row = GetParam();
  Configure();
  Ask(Make(row.presents));
  const AuthReport report = shard_.Report();
  ASSERT_EQ(report.methods.size(), row.methods.size());
  for (size_t i = 0; i < row.methods.size(); ++i) {
    const char method = row.methods[i];
    const MethodCounters& counters = report.methods[i].counters;
    const bool was_asked = row.asked.find(method) != row.asked.npos;
    const Finds finds = FindsOf(method);
    EXPECT_EQ(counters.denied, was_asked && finds == Finds::kBad ? 1u : 0u) << method;
    EXPECT_EQ(counters.failed, was_asked && finds == Finds::kNobodyToAsk ? 1u : 0u) << method;
    EXPECT_EQ(counters.sessions, report.methods[i].method == row.by ? 1u : 0u) << method;
  }
  const bool for_somebody = !row.asked.empty() && FindsOf(row.asked.back()) != Finds::kNobodyToAsk;
  const bool stays_with_it = !row.asked.empty() && row.asked.back() != 'C';
  EXPECT_EQ(report.all.not_relevant, for_somebody || stays_with_it ? 0u : 1u);
  EXPECT_EQ(report.questions, 0u);
  // One line for the refusal, and one for each that could not be asked and was passed over.
  const bool passed_over = row.asked.starts_with('C') && row.custom == Finds::kNobodyToAsk;
  EXPECT_EQ(log_.lines().size(), (passed_over ? 1u : 0u) + (row.by.empty() ? 1u : 0u));
}

// -- 3.6: what a second credential does to the first one, which ends in 100 s.

enum class Answer : uint8_t { kYes, kNo, kUndecided };

struct AgainRow {
  std::string_view name;
  Verdict verdict;
  Answer answer;
  int ends_after_s;  // 0: never.
};

// In(...) of the fixture, which does not exist yet.
WallTime After(int after_s) { return WallTime::FromSeconds(1'900'000'000 + after_s); }

const AgainRow kAgainRows[] = {
    {"LaterDeadline", AcceptedAs("account", After(1000)), Answer::kYes, 1000},
    {"SoonerDeadline", AcceptedAs("account", After(50)), Answer::kYes, 50},
    {"NoDeadline", AcceptedAs("account"), Answer::kYes, 0},
    {"Expired", AcceptedAs("account", After(0)), Answer::kNo, 100},
    {"SomebodyElse", AcceptedAs("another", After(1000)), Answer::kNo, 100},
    {"Denied", Denied{.rule = "forged"}, Answer::kNo, 100},
    {"NobodyToAsk", Unavailable{.why = "503"}, Answer::kUndecided, 100},
};

class AgainTable : public AuthShardTest, public testing::WithParamInterface<AgainRow> {};

INSTANTIATE_TEST_SUITE_P(Rows, AgainTable, testing::ValuesIn(kAgainRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(AgainTable, IsAnsweredSoAndEndsThen) {
  const AgainRow& row = GetParam();
  const auto [grant, client] = LetIn("old", After(100));
  AskAgain(grant, client, With("new"));
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(row.verdict);
  switch (row.answer) {
    case Answer::kYes:
      EXPECT_EQ(Proven().grant, grant);
      break;
    case Answer::kNo:
      EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
      break;
    case Answer::kUndecided:
      EXPECT_TRUE(IsUndecided());
      break;
  }
  const AuthCounters counters = shard_.Report().all;
  EXPECT_EQ(counters.reauthenticated, row.answer == Answer::kYes ? 1u : 0u);
  EXPECT_EQ(counters.reauthentications_refused, row.answer == Answer::kNo ? 1u : 0u);
  EXPECT_EQ(counters.reauthentications_undecided, row.answer == Answer::kUndecided ? 1u : 0u);
  // The deadline of before has no say any more (jwt-and-expiry 4: the bug of another broker).
  const int ends_after_s = row.ends_after_s != 0 ? row.ends_after_s : 10'000;
  Advance(seconds(ends_after_s) - milliseconds(1));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), row.ends_after_s != 0 ? 1u : 0u);
}

// 3.6 and 9.34: a certificate is shown in a handshake, so AUTH brings none.
TEST_F(AuthShardTest, ACertificateCannotBeRenewedByAuth) {
  sat_.name = "X509";
  sat_.is_relevant = [](const Credentials& credentials) { return credentials.chain != nullptr; };
  Configure({&sat_});
  Credentials shown{.client_id = "c"};
  shown.chain =
      std::make_shared<const CertificateChain>(CertificateChain{std::vector<uint8_t>{0x30, 0x00}});
  const ConnectionId client = Ask(std::move(shown));
  sat_.Answer(AcceptedAs("CN=pump-7", In(seconds(100))));
  const GrantId grant = Proven().grant;
  AskAgain(grant, client, With("", "X509"));
  EXPECT_TRUE(sat_.asked.empty());
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

// 9.31: what is set by the wall clock follows it, and nothing ends before its time. Ten years back,
// where nothing is left to wait for, are in grants_test.cc.
struct JumpRow {
  std::string_view name;
  Duration jump;
};

class JumpTable : public AuthShardTest, public testing::WithParamInterface<JumpRow> {};

INSTANTIATE_TEST_SUITE_P(Rows, JumpTable,
                         testing::Values(JumpRow{"ASecondAhead", seconds(1)},
                                         JumpRow{"ASecondBack", seconds(-1)},
                                         JumpRow{"AnHourAhead", seconds(3600)},
                                         JumpRow{"AnHourBack", seconds(-3600)},
                                         JumpRow{"TenYearsAhead", seconds(315'576'000)}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(JumpTable, EndsByTheNewTime) {
  constexpr auto kLife = seconds(10'000);
  const WallTime end = In(kLife);
  LetIn("t", end);
  Advance(seconds(10));
  SetClock(GetParam().jump);
  if (end <= wall_) {
    Advance(seconds(1));
    EXPECT_EQ(Ended().size(), 1u);
    return;
  }
  Advance(milliseconds(end.milliseconds() - wall_.milliseconds() - 1));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
  EXPECT_EQ(shard_.Report().all.clock_jumps, 1u);
}

}  // namespace
}  // namespace signet::auth
