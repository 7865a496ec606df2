// A source file as the house rules see it. Rules look at text, not at a syntax tree: they are
// quick, need no compiler, and are good to a few percent.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace signet::tidy {

struct SourceFile {
  std::string path;  // From the root of the project: "core/base/bytes.h".
  std::string text;
};

// Sentences of the form "path:line: what is wrong and what to do instead".
using Complaints = std::vector<std::string>;

void Complain(Complaints* complaints, const SourceFile& file, size_t line, std::string_view what);

// The text with every comment and literal blanked out; lines and columns stay where they are.
std::string CodeOf(std::string_view text);

std::vector<std::string_view> LinesOf(std::string_view text);

// The number of the line that holds this offset, counted from 1.
size_t LineAt(std::string_view text, size_t offset);

bool IsIdentifierChar(char c);

// Whether the path lies in the folder: "core/base/bytes.h" lies in "core/base" and in "core".
bool LiesIn(std::string_view path, std::string_view folder);

// Code that is shipped, as against bench/ and tests/.
bool IsProduct(std::string_view path);

// All files below root/folder with one of these extensions, by path; not what npm or git keep
// there.
std::vector<SourceFile> ReadFolder(const std::filesystem::path& root, std::string_view folder,
                                   const std::vector<std::string>& extensions);

}  // namespace signet::tidy
