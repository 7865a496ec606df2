#include "tests/tidy/source_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace signet::tidy {
namespace {

// Walks the text once; each Skip function starts on the first character of what it skips.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), code_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      if (Follows("//")) {
        BlankTo(text_.find('\n', at_));
      } else if (Follows("/*")) {
        BlankPast("*/", at_ + 2);
      } else if (Follows("R\"")) {
        SkipRawString();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !IsDigitSeparator())) {
        SkipLiteral(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(code_);
  }

 private:
  bool Follows(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  bool IsDigitSeparator() const { return at_ > 0 && IsIdentifierChar(text_[at_ - 1]); }

  void BlankTo(size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') code_[at_] = ' ';
    }
  }

  void BlankPast(std::string_view closing, size_t from) {
    const size_t found = text_.find(closing, from);
    BlankTo(found == std::string_view::npos ? found : found + closing.size());
  }

  void SkipRawString() {
    const size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return BlankTo(open);
    const std::string_view delimiter = text_.substr(at_ + 2, open - at_ - 2);
    BlankPast(fmt::format("){}\"", delimiter), open);
  }

  void SkipLiteral(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? size_t{2} : size_t{1};
    }
    BlankTo(end + 1);
  }

  std::string_view text_;
  std::string code_;
  size_t at_ = 0;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return std::move(text).str();
}

}  // namespace

void Complain(Complaints* complaints, const SourceFile& file, size_t line, std::string_view what) {
  complaints->push_back(fmt::format("{}:{}: {}", file.path, line, what));
}

std::string CodeOf(std::string_view text) { return Blanker(text).Run(); }

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

size_t LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

bool IsIdentifierChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

bool LiesIn(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.substr(folder.size()).starts_with('/');
}

bool IsProduct(std::string_view path) {
  return LiesIn(path, "core") || LiesIn(path, "net") || LiesIn(path, "auth") ||
         LiesIn(path, "tools");
}

std::vector<SourceFile> ReadFolder(const std::filesystem::path& root, std::string_view folder,
                                   const std::vector<std::string>& extensions) {
  std::vector<SourceFile> files;
  std::filesystem::recursive_directory_iterator entries(root / folder);
  for (auto entry = begin(entries); entry != end(entries); ++entry) {
    const std::string name = entry->path().filename();
    if (entry->is_directory() && (name.starts_with('.') || name == "node_modules")) {
      entry.disable_recursion_pending();
    } else if (std::ranges::count(extensions, entry->path().extension().string()) > 0) {
      files.push_back({.path = entry->path().lexically_relative(root), .text = ReadFile(*entry)});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace signet::tidy
