// The house rules, held against every source file of the project. tests/tidy/ has the rules, and
// tidy_rules_test.cc the proof that each of them can fail.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/tidy/declarations.h"
#include "tests/tidy/headers.h"
#include "tests/tidy/house_rules.h"
#include "tests/tidy/include_graph.h"
#include "tests/tidy/layers.h"
#include "tests/tidy/lengths.h"
#include "tests/tidy/source_file.h"

namespace signet::tidy {
namespace {

const std::filesystem::path kRoot = SIGNET_SOURCE_DIR;

const std::vector<SourceFile>& Sources() {
  static const std::vector<SourceFile> sources = [] {
    std::vector<SourceFile> all;
    for (const char* folder : {"core", "auth", "net", "tools", "bench", "tests"}) {
      for (SourceFile& file : ReadFolder(kRoot, folder, {".h", ".cc"})) {
        all.push_back(std::move(file));
      }
    }
    return all;
  }();
  return sources;
}

void ExpectAllObey(const std::vector<SourceFile>& files,
                   const std::function<Complaints(const SourceFile&)>& rule) {
  EXPECT_FALSE(files.empty());
  for (const SourceFile& file : files) {
    for (const std::string& complaint : rule(file)) ADD_FAILURE() << complaint;
  }
}

TEST(Tidy, IncludesPointDown) { ExpectAllObey(Sources(), CheckIncludes); }

TEST(Tidy, WhatIsNamedIsIncluded) {
  const IncludeGraph graph(Sources());
  ExpectAllObey(Sources(), [&](const SourceFile& file) { return CheckHeaders(file, graph); });
  const DeclarationRule rule(Sources(), graph);
  ExpectAllObey(Sources(), [&](const SourceFile& file) { return rule.Check(file); });
}

TEST(Tidy, WhatIsPrecompiledIsKnown) {
  const auto known = KnownHeaders();
  const std::vector<SourceFile> scripts = ReadFolder(kRoot, "tools", {".cmake"});
  const auto script =
      std::ranges::find(scripts, "tools/cmake/common_headers.cmake", &SourceFile::path);
  ASSERT_NE(script, scripts.end());
  std::string_view text = script->text;
  text = text.substr(0, text.find(')'));  // The list is the first thing there.
  for (size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const std::string_view header = text.substr(at + 1, text.find('>', at) - at - 1);
    if (header == "gtest/gtest.h") continue;  // Of tests alone.
    EXPECT_TRUE(std::ranges::count(known, header) > 0) << header;
  }
}

TEST(Tidy, BetterCallsAreUsed) { ExpectAllObey(Sources(), CheckBans); }

TEST(Tidy, MainLivesOutsideTheLibraries) { ExpectAllObey(Sources(), CheckMain); }

TEST(Tidy, HeadersOpenWithTheirPurpose) { ExpectAllObey(Sources(), CheckHeaderOpening); }

TEST(Tidy, NothingIsLeftToDo) { ExpectAllObey(Sources(), CheckLeftovers); }

TEST(Tidy, PagesHaveOneTitle) { ExpectAllObey(ReadFolder(kRoot, "docs", {".md"}), CheckTitle); }

TEST(Tidy, FilesAndFunctionsStayShort) {
  Lengths excesses;
  for (const SourceFile& file : Sources()) excesses.merge(Excesses(file));
  const std::vector<SourceFile> texts = ReadFolder(kRoot, "tests", {".txt"});
  const auto ratchet = std::ranges::find(texts, "tests/tidy_ratchet.txt", &SourceFile::path);
  ASSERT_NE(ratchet, texts.end());
  for (const std::string& complaint : CheckRatchet(excesses, ParseRatchet(ratchet->text))) {
    ADD_FAILURE() << complaint;
  }
}

}  // namespace
}  // namespace signet::tidy
