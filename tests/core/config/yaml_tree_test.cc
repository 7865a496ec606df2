#include "core/config/yaml_tree.h"

#include <gtest/gtest.h>

#include "fmt/format.h"

namespace signet::config {
namespace {

// The only document of a text that has no problem.
YamlNode Parse(std::string_view text) {
  Problems problems;
  const std::vector<YamlNode> documents = ParseYaml("a", text, &problems);
  EXPECT_FALSE(problems.has_errors()) << text;
  EXPECT_EQ(documents.size(), 1u) << text;
  return documents.empty() ? YamlNode() : documents.front();
}

std::string YamlRefusal(std::string_view text) {
  Problems problems;
  ParseYaml("a", text, &problems);
  std::string lines;
  for (const Problem& problem : problems.Take()) lines += ToLine(problem);
  return lines;
}

TEST(YamlTree, KnowsScalarsListsAndMapsWithTheirLines) {
  const YamlNode root = Parse("one: 1\ntwo:\n  - 'a'\n  - ~\nthree: {four: \"4\"}\n");
  ASSERT_TRUE(root.is_map());
  ASSERT_EQ(root.items.size(), 3u);
  EXPECT_EQ(root.items[0].key, "one");
  EXPECT_EQ(root.items[0].text, "1");
  EXPECT_TRUE(root.items[0].plain);
  EXPECT_EQ(root.items[1].key_line, 2u);
  ASSERT_TRUE(root.items[1].is_sequence());
  EXPECT_EQ(root.items[1].items[0].text, "a");
  EXPECT_FALSE(root.items[1].items[0].plain);
  EXPECT_EQ(root.items[1].items[0].line, 3u);
  EXPECT_TRUE(root.items[1].items[1].is_null());
  EXPECT_EQ(root.Find("three")->Find("four")->text, "4");
  EXPECT_EQ(root.Find("three")->Find("five"), nullptr);
  EXPECT_EQ(root.Find("one")->Find("five"), nullptr);
}

TEST(YamlTree, KeepsKeysThatAreGivenTwice) { EXPECT_EQ(Parse("a: 1\na: 2\n").items.size(), 2u); }

TEST(YamlTree, ReadsDocumentsAndLeavesOutEmptyOnes) {
  Problems problems;
  EXPECT_EQ(ParseYaml("a", "---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n", &problems).size(),
            2u);
  EXPECT_TRUE(ParseYaml("a", "", &problems).empty());
  EXPECT_TRUE(ParseYaml("a", "\xEF\xBB\xBF# A byte order mark.\n", &problems).empty());
  EXPECT_FALSE(problems.has_errors());
}

TEST(YamlTree, CopiesAliases) {
  const YamlNode root = Parse("a: &x {b: 1}\nc: *x\nd: *x\n");
  EXPECT_EQ(root.Find("c")->Find("b")->text, "1");
  EXPECT_EQ(root.Find("d")->Find("b")->text, "1");
  EXPECT_EQ(root.Find("c")->key, "c");
}

TEST(YamlTree, RefusesAliasesThatExplode) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text +=
        fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_NE(YamlRefusal(text).find("with its aliases the file has more than 400000 values"),
            std::string::npos);
}

TEST(YamlTree, RefusesLongTextsThatAreCopiedTooOften) {
  std::string text = "a: &a " + std::string(100'000, 'x') + "\nb: [";
  for (int i = 0; i < 1000; ++i) text += "*a, ";
  EXPECT_NE(YamlRefusal(text + "]\n").find("with its aliases"), std::string::npos);
}

TEST(YamlTree, RefusesAnAliasOfItself) {
  EXPECT_EQ(YamlRefusal("a: &a [*a]\n"), "a:1: this alias lies in what it stands for");
}

TEST(YamlTree, RefusesWhatLiesTooDeep) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(YamlRefusal(nested(kMaxYamlDepth)), "");
  EXPECT_EQ(YamlRefusal(nested(kMaxYamlDepth + 1)), "a:1: this lies more than 48 levels deep");
  EXPECT_NE(YamlRefusal(nested(100'000)).find("more than 48 levels deep"), std::string::npos);
  // By aliases as well.
  std::string text = "a0: &a0 x\n";
  for (int i = 1; i < 60; ++i) text += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_NE(YamlRefusal(text).find("more than 48 levels deep"), std::string::npos);
}

TEST(YamlTree, RefusesTooManyValuesAndDocuments) {
  std::string values = "[";
  for (size_t i = 0; i < kMaxYamlNodes; ++i) values += "1,";
  EXPECT_NE(YamlRefusal(values + "]").find("more than 400000 values"), std::string::npos);
  std::string documents;
  for (size_t i = 0; i <= kMaxYamlDocuments; ++i) documents += "---\n1\n";
  EXPECT_EQ(YamlRefusal(documents), "a: the file has more than 10000 documents");
  // The parser sees empty ones without end here.
  EXPECT_EQ(YamlRefusal(",a"), "a: the file has more than 10000 documents");
}

TEST(YamlTree, RefusesTooManyBytes) {
  EXPECT_EQ(YamlRefusal(std::string(kMaxYamlBytes, '\n')), "");
  EXPECT_EQ(YamlRefusal(std::string(kMaxYamlBytes + 1, '\n')),
            "a: the file has 4194305 bytes, and 4194304 are the most that are read");
}

TEST(YamlTree, RefusesWhatIsNoText) {
  const std::string sentence = "this line holds a control character, or is not UTF-8";
  EXPECT_EQ(YamlRefusal("a: b\nc: \xFF\n"), "a:2: " + sentence);
  EXPECT_EQ(YamlRefusal("a: b\x04\nc: d\n"),
            "a:1: " + sentence);  // Which yaml-cpp takes for the end.
  EXPECT_EQ(YamlRefusal(std::string_view("a: \0", 4)), "a:1: " + sentence);
  EXPECT_EQ(YamlRefusal("\xFF\xFE"
                        "a"),
            "a:1: " + sentence);  // UTF-16.
}

TEST(YamlTree, SaysWhereItIsNotYaml) {
  EXPECT_EQ(YamlRefusal("a: b\nc: [d\ne: f\n").substr(0, 23), "a:3: this is not YAML: ");
  EXPECT_NE(YamlRefusal("a:\n\tb: c\n"), "");
  EXPECT_NE(YamlRefusal("a: *nothing\n"), "");
  EXPECT_NE(YamlRefusal("a: 'b\n"), "");
  EXPECT_NE(YamlRefusal("? [a]\n: b\n").find("the key of a map must be a text"), std::string::npos);
}

TEST(YamlTree, RefusesTags) {
  EXPECT_EQ(Parse("a: !!str 17\n").Find("a")->plain, false);
  for (const char* text : {"a: !!binary AAEC\n", "a: !x b\n", "a: !!set {}\n", "!x a: b\n"}) {
    EXPECT_NE(YamlRefusal(text).find("there is a tag here"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace signet::config
