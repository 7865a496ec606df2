// The zoo: every row, with keys of every family, judged by X509Method and by openssl.
#include <gtest/gtest.h>

#include <set>

#include "tests/auth/x509/openssl_verify.h"

namespace signet::forge {
namespace {

constexpr Family kFamilies[] = {Family::kEc, Family::kRsa, Family::kEd25519};

std::string RuleOf(const auth::Verdict& verdict) {
  if (const auto* denied = std::get_if<auth::Denied>(&verdict)) return denied->rule;
  if (const auto* none = std::get_if<auth::Unavailable>(&verdict)) return "none: " + none->why;
  return "accepted";
}

std::string Wanted(const Row& row) {
  return row.rule ? std::string(Sentence(*row.rule)) : "accepted";
}

bool Concerns(const Row& row, Family family) { return !row.only || *row.only == family; }

class Zoo : public ::testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(X509, Zoo, ::testing::ValuesIn(kFamilies),
                         [](const auto& of) { return std::string(NameOfFamily(of.param)); });

// With this many rows each name stands for one.
TEST(ZooRows, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  size_t cases = 0;
  std::set<Rule> rules;
  for (const Row& row : AllRows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    for (const Family family : kFamilies) cases += Concerns(row, family) ? 1u : 0u;
    if (row.rule) rules.insert(*row.rule);
  }
  RecordProperty("rows", static_cast<int>(names.size()));
  RecordProperty("cases", static_cast<int>(cases));
  EXPECT_GE(names.size(), 200u);
  EXPECT_GE(cases, 600u);
  // kTooManyPaths has a test of its own.
  EXPECT_EQ(rules.size(), auth::x509::kRules - 1);
}

TEST_P(Zoo, IsJudgedAsWritten) {
  for (const Row& row : AllRows()) {
    if (!Concerns(row, GetParam())) continue;
    SCOPED_TRACE(row.name);
    Case c(GetParam());
    row.change(c);
    const auth::Verdict verdict = Judge(c, c.Build());
    if (row.name == "LeafTrustedAndNothingElse") {
      EXPECT_EQ(RuleOf(verdict),
                "none: certificate 1 of the client CA bundle, C=DE,OU=Line 2,CN=pump-7, is not a "
                "CA's");
      continue;
    }
    EXPECT_EQ(RuleOf(verdict), Wanted(row));
    const auto* accepted = std::get_if<auth::Accepted>(&verdict);
    if (accepted == nullptr || row.rule) continue;
    const Principal& principal = accepted->principal;
    EXPECT_EQ(principal.username, row.username);
    EXPECT_EQ(principal.method, "X509");
    EXPECT_EQ(principal.deadline, WallTime::FromSeconds(row.ends_at_s));
    EXPECT_EQ(principal.attributes,
              row.group.empty() ? Attributes() : Attributes({{"group", row.group}}));
  }
}

TEST_P(Zoo, IsJudgedLikewiseByOpenssl) {
  std::vector<Row> rows;
  std::vector<OpensslQuestion> questions;
  for (const Row& row : AllRows()) {
    if (!Concerns(row, GetParam()) || row.openssl == Openssl::kNotAsked) continue;
    Case c(GetParam());
    row.change(c);
    rows.push_back(row);
    questions.push_back({.material = c.Build(), .now_s = c.now_s});
  }
  const std::vector<OpensslAnswer> answers = AskOpenssl(questions);
  EXPECT_GE(answers.size(), 180u);
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool wanted = !rows[i].rule || rows[i].openssl == Openssl::kAccepts;
    EXPECT_EQ(answers[i].accepts, wanted) << rows[i].name << ": " << answers[i].output;
  }
}

}  // namespace
}  // namespace signet::forge
