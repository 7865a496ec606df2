// Each house rule finds what it forbids and leaves alone what it does not.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/tidy/declarations.h"
#include "tests/tidy/headers.h"
#include "tests/tidy/house_rules.h"
#include "tests/tidy/include_graph.h"
#include "tests/tidy/layers.h"
#include "tests/tidy/lengths.h"
#include "tests/tidy/source_file.h"

namespace signet::tidy {
namespace {

SourceFile File(std::string path, std::string text) {
  return {.path = std::move(path), .text = std::move(text)};
}

bool MayInclude(std::string path, std::string_view header) {
  return CheckIncludes(File(std::move(path), fmt::format("#include {}\n", header))).empty();
}

bool MayCall(std::string path, std::string code) {
  return CheckBans(File(std::move(path), std::move(code))).empty();
}

std::string Lines(size_t count) {
  std::string lines;
  for (size_t i = 0; i < count; ++i) lines += fmt::format("  Step({});\n", i);
  return lines;
}

TEST(CodeOf, BlanksCommentsAndLiteralsInPlace) {
  EXPECT_EQ(CodeOf("a // b\nc /* d\n*/ e"), "a     \nc     \n   e");
  EXPECT_EQ(CodeOf(R"(f("x\"y", '"', 1'000))"), "f(      ,    , 1'000)");
  EXPECT_EQ(CodeOf("R\"-(a\")\")-\" b"), "            b");
  EXPECT_EQ(CodeOf("\"never closed\nnext"), "             \nnext");
}

TEST(Includes, PointDownInCore) {
  EXPECT_TRUE(MayInclude("core/base/a.h", "\"core/base/b.h\""));
  EXPECT_FALSE(MayInclude("core/base/a.h", "\"core/mqtt/b.h\""));
  EXPECT_TRUE(MayInclude("core/topic/a.h", "\"core/mqtt/b.h\""));
  EXPECT_FALSE(MayInclude("core/mqtt/a.h", "\"core/topic/b.h\""));
  EXPECT_TRUE(MayInclude("core/session/a.h", "\"core/topic/b.h\""));
  EXPECT_FALSE(MayInclude("core/session/a.h", "\"core/access/b.h\""));
  EXPECT_FALSE(MayInclude("core/access/a.h", "\"core/session/b.h\""));
  EXPECT_FALSE(MayInclude("core/session/a.h", "\"core/broker/b.h\""));
  EXPECT_TRUE(MayInclude("core/broker/a.h", "\"core/session/b.h\""));
  EXPECT_TRUE(MayInclude("core/broker/a.h", "\"core/config/b.h\""));
  EXPECT_TRUE(MayInclude("core/config/a.h", "\"core/base/b.h\""));
  EXPECT_FALSE(MayInclude("core/config/a.h", "\"core/mqtt/b.h\""));
}

TEST(Includes, KeepTheSiblingsApart) {
  EXPECT_TRUE(MayInclude("auth/a.h", "\"core/access/b.h\""));
  EXPECT_FALSE(MayInclude("auth/a.h", "\"core/broker/b.h\""));
  EXPECT_FALSE(MayInclude("auth/a.h", "\"net/b.h\""));
  EXPECT_TRUE(MayInclude("net/uring/a.h", "\"core/broker/b.h\""));
  EXPECT_FALSE(MayInclude("net/a.h", "\"auth/b.h\""));
  EXPECT_TRUE(MayInclude("tools/broker/a.cc", "\"auth/b.h\""));
}

TEST(Includes, NeverReachIntoToolsBenchesOrTests) {
  for (const char* folder : {"core/broker", "auth", "net", "tools", "bench"}) {
    EXPECT_FALSE(MayInclude(fmt::format("{}/a.cc", folder), "\"tests/support/b.h\"")) << folder;
  }
  EXPECT_FALSE(MayInclude("tools/a.cc", "\"bench/load/b.h\""));
  EXPECT_FALSE(MayInclude("bench/a.cc", "\"tools/broker/b.h\""));
  EXPECT_FALSE(MayInclude("net/a.cc", "\"tools/broker/b.h\""));
  EXPECT_TRUE(MayInclude("tests/tools/a_test.cc", "\"tools/broker/b.h\""));
}

TEST(Includes, TakeOnlyTheLibrariesOfTheirLayer) {
  EXPECT_TRUE(MayInclude("core/base/a.h", "<vector>"));
  EXPECT_TRUE(MayInclude("core/base/a.h", "\"absl/hash/hash.h\""));
  EXPECT_TRUE(MayInclude("core/base/a.h", "<fmt/format.h>"));
  for (const char* header : {"<thread>", "<mutex>", "<fstream>", "<unistd.h>", "<sys/socket.h>",
                             "<liburing.h>", "<wolfssl/ssl.h>", "<simdjson.h>"}) {
    EXPECT_FALSE(MayInclude("core/broker/a.h", header)) << header;
  }
  EXPECT_TRUE(MayInclude("auth/a.h", "<simdjson.h>"));
  EXPECT_TRUE(MayInclude("auth/a.h", "<wolfssl/wolfcrypt/ecc.h>"));
  EXPECT_FALSE(MayInclude("auth/a.h", "<liburing.h>"));
  EXPECT_FALSE(MayInclude("auth/a.h", "<thread>"));
  EXPECT_TRUE(MayInclude("net/a.h", "<thread>"));
  EXPECT_TRUE(MayInclude("net/a.h", "<linux/io_uring.h>"));
  EXPECT_FALSE(MayInclude("net/a.h", "<simdjson.h>"));
  EXPECT_TRUE(MayInclude("tools/broker/main.cc", "<CLI/CLI.hpp>"));
}

TEST(Includes, AreWrittenFromTheRoot) {
  EXPECT_FALSE(MayInclude("core/base/a.cc", "\"a.h\""));
  EXPECT_FALSE(MayInclude("core/base/a.cc", "\"base/a.h\""));
  EXPECT_FALSE(MayInclude("tools/broker/a.cc", "\"a.h\""));
  EXPECT_TRUE(MayInclude("net/uring/ring.h", "\"liburing.h\""));
}

TEST(Includes, NeedALayerForEveryFile) {
  EXPECT_EQ(CheckIncludes(File("core/stray.h", "")).size(), 1u);
  EXPECT_EQ(CheckIncludes(File("core/basement/a.h", "")).size(), 1u);
}

Complaints CheckHeadersOf(std::string text, const std::vector<SourceFile>& others = {}) {
  return CheckHeaders(File("core/base/a.cc", std::move(text)), IncludeGraph(others));
}

TEST(Headers, AreIncludedByWhoNamesTheirThings) {
  const Complaints complaints = CheckHeadersOf("#include <string>\nstd::vector<int> a;\n");
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_TRUE(complaints[0].starts_with("core/base/a.cc:2: `std::vector<` needs")) << complaints[0];
  EXPECT_TRUE(CheckHeadersOf("#include <vector>\nstd::vector<int> a;\n").empty());
  EXPECT_TRUE(CheckHeadersOf("// std::vector<int>\nmy_std::vector<int> a;\n").empty());
  EXPECT_FALSE(CheckHeadersOf("#include <string_view>\nstd::string a;\n").empty());
  EXPECT_TRUE(CheckHeadersOf("#include <string_view>\nstd::string_view a;\n").empty());
}

TEST(Headers, MayComeByThoseOfOurs) {
  const std::vector<SourceFile> others = {File("core/base/b.h", "#include \"core/base/c.h\"\n"),
                                          File("core/base/c.h", "#include <vector>\n")};
  constexpr const char* kText = "#include \"core/base/b.h\"\nstd::vector<int> a;\n";
  EXPECT_TRUE(CheckHeadersOf(kText, others).empty());
  EXPECT_FALSE(CheckHeadersOf(kText).empty());
}

Complaints CheckDeclarationsOf(std::string text) {
  const std::vector<SourceFile> files = {
      File("core/base/port.h",
           "class Ring;\nclass Port {\n};\nPort MakePort(int a);\nbool Port::IsOpen() {}\n"),
      File("core/base/ring.h", "class Ring {\n  void Close();\n};\n"),
      File("core/base/a.cc", std::move(text))};
  const IncludeGraph graph(files);
  return DeclarationRule(files, graph).Check(files.back());
}

TEST(Declarations, AreIncludedByWhoUsesThem) {
  const Complaints complaints = CheckDeclarationsOf("int a;\nPort port = MakePort(1);\n");
  ASSERT_EQ(complaints.size(), 2u) << complaints[0];
  EXPECT_TRUE(complaints[0].starts_with("core/base/a.cc:2: `Port` needs")) << complaints[0];
  EXPECT_TRUE(CheckDeclarationsOf("#include \"core/base/port.h\"\nPort port;\n").empty());
  EXPECT_FALSE(CheckDeclarationsOf("int a = MakePort(1);\n").empty());
  EXPECT_TRUE(CheckDeclarationsOf("int MakePort(int a) {}\nint b = MakePort(1);\n").empty());
  EXPECT_TRUE(CheckDeclarationsOf("// Port\nClose(); IsOpen(); Unknown();\n").empty());
  EXPECT_FALSE(CheckDeclarationsOf("Ring* ring;\n").empty());
}

TEST(Bans, NameTheLineAndTheReplacement) {
  const Complaints complaints = CheckBans(File("net/a.cc", "int a;\nint b = atoi(text);\n"));
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_TRUE(complaints[0].starts_with("net/a.cc:2: instead of `atoi(` use std::from_chars"))
      << complaints[0];
}

TEST(Bans, FindEveryUseButNoLongerName) {
  EXPECT_EQ(CheckBans(File("net/a.cc", "throw 1; throw 2;")).size(), 2u);
  EXPECT_TRUE(MayCall("net/a.cc", "std::rethrow_exception(e); throws = operand(1);"));
  EXPECT_TRUE(MayCall("net/a.cc", "int n = snprintf(buffer, size, \"x\");"));
  EXPECT_TRUE(MayCall("net/a.cc", "Say(\"throw\");  // We throw nothing.\n"));
}

TEST(Bans, HoldInTheirFoldersAlone) {
  EXPECT_FALSE(MayCall("core/base/a.cc", "std::printf(\"x\");"));
  EXPECT_TRUE(MayCall("tools/a.cc", "std::printf(\"x\");"));
  EXPECT_FALSE(MayCall("core/base/a.cc", "std::fprintf(stderr, \"x\");"));
  EXPECT_TRUE(MayCall("core/base/check.cc", "std::fprintf(stderr, \"x\");"));
  EXPECT_FALSE(MayCall("core/topic/a.cc", "absl::string_view a;"));
  EXPECT_TRUE(MayCall("core/base/hash.h", "absl::string_view a;"));
  EXPECT_FALSE(MayCall("auth/a.cc", "auto now = std::chrono::system_clock::now();"));
  EXPECT_TRUE(MayCall("net/a.cc", "auto now = std::chrono::system_clock::now();"));
  EXPECT_FALSE(MayCall("core/base/a.h", "std::shared_ptr<int> a;"));
  EXPECT_TRUE(MayCall("net/a.h", "std::mutex a;"));
  EXPECT_FALSE(MayCall("tests/a_test.cc", "std::cout << std::endl;"));
}

TEST(Main, LivesInToolsBenchesAndTests) {
  EXPECT_EQ(CheckMain(File("net/a.cc", "\nint main() {}")).size(), 1u);
  EXPECT_TRUE(CheckMain(File("net/a.cc", "void Domain(int);\n// main() is elsewhere")).empty());
  EXPECT_TRUE(CheckMain(File("tools/broker/main.cc", "int main() {}")).empty());
}

TEST(HeaderOpening, IsACommentAndAGuard) {
  EXPECT_TRUE(CheckHeaderOpening(File("net/a.h", "// Why.\n#pragma once\n")).empty());
  EXPECT_EQ(CheckHeaderOpening(File("net/a.h", "#pragma once\n// Why.\n")).size(), 1u);
  EXPECT_EQ(CheckHeaderOpening(File("net/a.h", "// Why.\n#ifndef A\n")).size(), 1u);
  EXPECT_TRUE(CheckHeaderOpening(File("net/a.cc", "#include <vector>\n")).empty());
}

TEST(Leftovers, AreFoundInTheProduct) {
  for (const char* mark : {"TODO", "FIXME", "XXX"}) {
    const std::string text = fmt::format("// {}: later\n", mark);
    EXPECT_EQ(CheckLeftovers(File("net/a.cc", text)).size(), 1u) << mark;
    EXPECT_TRUE(CheckLeftovers(File("tests/a.cc", text)).empty()) << mark;
  }
  EXPECT_TRUE(CheckLeftovers(File("net/a.cc", "int kXXXL;  // Nothing to do.\n")).empty());
}

TEST(Title, IsOne) {
  EXPECT_TRUE(CheckTitle(File("docs/a.md", "# A\n## B\n```\n# a comment\n```\n")).empty());
  EXPECT_EQ(CheckTitle(File("docs/a.md", "# A\n# B\n")).size(), 1u);
  EXPECT_EQ(CheckTitle(File("docs/a.md", "A\n")).size(), 1u);
}

// "Name first-last" of each function, in order.
std::vector<std::string> Spans(std::string_view text) {
  std::vector<std::string> spans;
  for (const FunctionSpan& span : FunctionsIn(text)) {
    spans.push_back(fmt::format("{} {}-{}", span.name, span.first_line, span.last_line));
  }
  return spans;
}

using Names = std::vector<std::string>;

TEST(FunctionsIn, FindsBodiesOnly) {
  EXPECT_EQ(Spans("namespace a {\nint F(int b);\nint G() {\n  return 1;\n}\n}\n"), Names{"G 3-5"});
  EXPECT_EQ(Spans("struct A {\n  int F() { return 1; }\n  int b = 2;\n};\n"), Names{"F 2-2"});
  EXPECT_EQ(Spans("const B kAll[] = {{1, 2}, {3, 4}};\nenum class E : int { kOne };\n"), Names{});
}

TEST(FunctionsIn, LooksThroughWhatStandsInside) {
  EXPECT_EQ(Spans("void F() {\n  if (a) {\n    auto b = [](int c) { return c; };\n  }\n}\n"),
            Names{"F 1-5"});
  EXPECT_EQ(Spans("void F(Options o = {}, int b = 1) {\n  G([] { H(); });\n}\n"), Names{"F 1-3"});
  EXPECT_EQ(Spans("void F() {\n  Say(\"}\");  // }\n#define A }\n}\nint G() {}\n"),
            (Names{"F 1-4", "G 5-5"}));
}

TEST(FunctionsIn, KnowsTemplatesAndConstructors) {
  EXPECT_EQ(Spans("template <class T, class U = A<T>>\nvoid F(T t) {\n}\n"), Names{"F 2-3"});
  EXPECT_EQ(Spans("A::A(int b) : Base<int>{b}, c_{b}, d_(b) {\n  if (b) {\n  }\n}\n"),
            Names{"A::A 1-4"});
  EXPECT_EQ(Spans("A::~A() {\n}\nbool operator==(A a, A b) {\n}\n"), (Names{"A::~A 1-2", " 3-4"}));
}

TEST(Excesses, AreLongFilesAndFunctionsOfTheProduct) {
  EXPECT_EQ(Excesses(File("net/a.cc", Lines(400))), Lengths{});
  EXPECT_EQ(Excesses(File("net/a.cc", Lines(401))), (Lengths{{"net/a.cc", 401}}));
  EXPECT_EQ(Excesses(File("tests/a.cc", Lines(401))), Lengths{});
  EXPECT_EQ(Excesses(File("net/a.cc", "void A::F() {\n" + Lines(68) + "}\n")), Lengths{});
  EXPECT_EQ(Excesses(File("net/a.cc", "void A::F() {\n" + Lines(69) + "}\n")),
            (Lengths{{"net/a.cc:A::F", 71}}));
}

TEST(Ratchet, ReadsPathsAndLines) {
  EXPECT_EQ(ParseRatchet("# Why.\n\nnet/a.cc 410\nnet/b.cc:B::F 80\n"),
            (Lengths{{"net/a.cc", 410}, {"net/b.cc:B::F", 80}}));
}

TEST(Ratchet, ExcusesWhatIsListedAndOnlyShrinks) {
  const Lengths listed = {{"net/a.cc", 450}};
  EXPECT_EQ(CheckRatchet({{"net/a.cc", 450}}, listed), Complaints{});
  EXPECT_EQ(CheckRatchet({{"net/a.cc", 445}}, listed), Complaints{});
  EXPECT_EQ(CheckRatchet({{"net/a.cc", 444}}, listed),
            Complaints{"net/a.cc: shorter now; write 444 in tests/tidy_ratchet.txt"});
  EXPECT_EQ(CheckRatchet({{"net/a.cc", 451}}, listed),
            Complaints{"net/a.cc: 451 lines, 1 more than tests/tidy_ratchet.txt excuses"});
  EXPECT_EQ(CheckRatchet({}, listed),
            Complaints{"net/a.cc: within its limit now; remove it from tests/tidy_ratchet.txt"});
  EXPECT_EQ(CheckRatchet({{"net/b.cc:F", 71}}, {}),
            Complaints{"net/b.cc:F: 71 lines, and 70 are the limit: look for the seam"});
}

}  // namespace
}  // namespace signet::tidy
