#include "core/config/yaml_tree.h"

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/secret_bytes.h"
#include "core/base/utf8.h"
#include "fmt/format.h"
#include "yaml-cpp/depthguard.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace signet::config {
namespace {

uint32_t LineOf(const YAML::Mark& mark) {
  return mark.line < 0 ? 0 : static_cast<uint32_t>(mark.line) + 1;
}

std::string TooDeep() { return fmt::format("this lies more than {} levels deep", kMaxYamlDepth); }

// Builds the tree of one document from the parser's events. Once something is refused it ignores
// what follows: an event handler has no other way to stop its parser.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(size_t* nodes_left) : nodes_left_(nodes_left) {}

  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  uint32_t failure_line() const { return failure_line_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Put(mark, anchor, YamlNode::Kind::kNull, {}, true);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (failed()) return;
    const auto anchored = anchored_.find(anchor);
    if (anchored == anchored_.end()) return Fail(mark, "this alias lies in what it stands for");
    const Extent extent = ExtentOf(anchored->second);
    if (levels_.size() + extent.levels > kMaxYamlDepth) return FailTooDeep(mark);
    if (!Spend(mark, extent.nodes)) return;
    YamlNode copy = anchored->second;
    copy.line = LineOf(mark);
    Add(mark, 0, std::move(copy));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool plain = tag == "?";
    if (!plain && tag != "!" && tag != "tag:yaml.org,2002:str") {
      return Fail(mark, "there is a tag here, and none but !!str is understood");
    }
    Put(mark, anchor, YamlNode::Kind::kScalar, value, plain);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A collection that is not closed yet.
  struct Level {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::string key;  // Of a map: the key whose value comes next, if has_key.
    uint32_t key_line = 0;
    bool has_key = false;
  };

  struct Extent {
    size_t nodes = 0;
    size_t levels = 0;
  };

  static Extent ExtentOf(const YamlNode& root) {
    Extent extent;
    std::vector<std::pair<const YamlNode*, size_t>> open{{&root, 0}};
    while (!open.empty()) {
      const auto [node, level] = open.back();
      open.pop_back();
      // Text counts as well: a long one copied a thousand times is as much of an explosion.
      extent.nodes += 1 + node->text.size() / 64;
      extent.levels = std::max(extent.levels, level);
      for (const YamlNode& item : node->items) open.emplace_back(&item, level + 1);
    }
    return extent;
  }

  void Fail(const YAML::Mark& mark, std::string sentence) {
    if (failed()) return;
    failure_ = std::move(sentence);
    failure_line_ = LineOf(mark);
  }

  void FailTooDeep(const YAML::Mark& mark) { Fail(mark, TooDeep()); }

  bool Spend(const YAML::Mark& mark, size_t nodes) {
    if (nodes > *nodes_left_) {
      Fail(mark, fmt::format("with its aliases the file has more than {} values", kMaxYamlNodes));
      return false;
    }
    *nodes_left_ -= nodes;
    return true;
  }

  void Put(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind,
           const std::string& text, bool plain) {
    if (failed() || !Spend(mark, 1)) return;
    YamlNode node;
    node.kind = kind;
    node.plain = plain;
    node.line = LineOf(mark);
    node.text = text;
    Add(mark, anchor, std::move(node));
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    if (failed() || !Spend(mark, 1)) return;
    if (tag != "?" && tag != "!") return Fail(mark, "there is a tag here, and none is understood");
    if (levels_.size() == kMaxYamlDepth) return FailTooDeep(mark);
    Level level{.anchor = anchor};
    level.node.kind = kind;
    level.node.line = LineOf(mark);
    levels_.push_back(std::move(level));
    open_mark_ = mark;
  }

  void Close() {
    if (failed()) return;
    Level level = std::move(levels_.back());
    levels_.pop_back();
    Add(open_mark_, level.anchor, std::move(level.node));
  }

  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node) {
    if (anchor != 0) {
      if (!Spend(mark, ExtentOf(node).nodes)) return;
      anchored_[anchor] = node;
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.is_map()) {
      if (!level.has_key) {
        if (!node.is_scalar()) return Fail(mark, "the key of a map must be a text");
        level.key = std::move(node.text);
        level.key_line = node.line;
        level.has_key = true;
        return;
      }
      node.key = std::move(level.key);
      node.key_line = level.key_line;
      node.has_key = true;
      level.has_key = false;
    }
    level.node.items.push_back(std::move(node));
  }

  size_t* nodes_left_;
  YamlNode root_;
  std::vector<Level> levels_;
  YAML::Mark open_mark_;
  absl::flat_hash_map<YAML::anchor_t, YamlNode> anchored_;
  std::string failure_;
  uint32_t failure_line_ = 0;
};

// yaml-cpp takes U+0004 for the end of the file, and other control characters as they are; a line
// that cannot be seen is no line of a configuration.
bool IsText(std::string_view text, uint32_t* line) {
  *line = 1;
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    if (character.size == 0) return false;
    const uint32_t code = character.code_point;
    if (code == '\n') {
      ++*line;
    } else if (code < 0x20 ? code != '\t' && code != '\r' : code >= 0x7F && code < 0xA0) {
      return false;
    }
    text.remove_prefix(character.size);
  }
  return true;
}

// Ends the last document. Without it yaml-cpp takes a quoted text that is never closed for whole,
// and with it half of a file.
constexpr std::string_view kEnd = "...\n";
constexpr std::string_view kEndOnItsLine = "\n...\n";

// Removes the byte order mark of UTF-8.
std::string_view WithoutMark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

// The parser's own words for a few mistakes name an anchor; everything else is a fixed sentence.
std::string_view WordsOf(const YAML::Exception& error) {
  const std::string_view words = error.msg;
  return words.substr(0, words.find(':'));
}

}  // namespace

// Without recursion, as it has to be for what a file decides the depth of.
YamlNode::YamlNode(const YamlNode& other) {
  std::vector<std::pair<YamlNode*, const YamlNode*>> open{{this, &other}};
  while (!open.empty()) {
    const auto [to, from] = open.back();
    open.pop_back();
    to->kind = from->kind;
    to->plain = from->plain;
    to->has_key = from->has_key;
    to->line = from->line;
    to->key_line = from->key_line;
    to->key = from->key;
    to->text = from->text;
    to->items = std::vector<YamlNode>(from->items.size());
    for (size_t i = 0; i < to->items.size(); ++i) open.emplace_back(&to->items[i], &from->items[i]);
  }
}

// One that was moved from as well: a short text is copied by its move.
YamlNode::~YamlNode() { WipeText(&text); }

const YamlNode* YamlNode::Find(std::string_view wanted) const {
  const auto found =
      std::ranges::find_if(items, [&](const YamlNode& item) { return item.key == wanted; });
  return is_map() && found != items.end() ? &*found : nullptr;
}

std::vector<YamlNode> ParseYaml(const std::string& file, std::string_view text,
                                Problems* problems) {
  std::vector<YamlNode> documents;
  text = WithoutMark(text);
  uint32_t line = 0;
  if (text.size() > kMaxYamlBytes) {
    problems->Error({.file = file},
                    fmt::format("the file has {} bytes, and {} are the most that are read",
                                text.size(), kMaxYamlBytes));
    return documents;
  }
  if (!IsText(text, &line)) {
    problems->Error({.file = file, .line = line},
                    "this line holds a control character, or is not UTF-8");
    return documents;
  }
  size_t nodes_left = kMaxYamlNodes;
  try {
    std::string closed(text);
    closed += text.ends_with('\n') ? kEnd : kEndOnItsLine;
    std::istringstream stream(closed);
    WipeText(&closed);
    YAML::Parser parser(stream);
    // Empty ones count: of a value that begins with a comma the parser makes such without end.
    for (size_t begun = 0;; ++begun) {
      TreeBuilder builder(&nodes_left);
      if (!parser.HandleNextDocument(builder)) return documents;
      if (builder.failed()) {
        problems->Error({.file = file, .line = builder.failure_line()}, builder.failure());
        return documents;
      }
      if (begun == kMaxYamlDocuments) {
        problems->Error({.file = file},
                        fmt::format("the file has more than {} documents", kMaxYamlDocuments));
        return documents;
      }
      YamlNode root = builder.TakeRoot();
      if (!root.is_null()) documents.push_back(std::move(root));
    }
  } catch (const YAML::DeepRecursion& error) {
    problems->Error({.file = file, .line = LineOf(error.mark)}, TooDeep());
  } catch (const YAML::Exception& error) {
    problems->Error({.file = file, .line = LineOf(error.mark)},
                    fmt::format("this is not YAML: {}", WordsOf(error)));
  } catch (const std::exception&) {
    problems->Error({.file = file}, "this is not YAML that can be read");
  }
  return documents;
}

}  // namespace signet::config
