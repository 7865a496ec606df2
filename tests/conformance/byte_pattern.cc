#include "tests/conformance/byte_pattern.h"

#include <algorithm>
#include <charconv>

#include "core/mqtt/fixed_header.h"
#include "fmt/format.h"
#include "tests/support/bytes.h"

namespace signet::conformance {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr size_t kMaxSize = 1 << 20;

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

// Reads one text, item by item; errors are sentences without a place.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : rest_(text) {}

  StatusOr<BytePattern> Run() {
    for (SkipBlanks(); !rest_.empty(); SkipBlanks()) {
      if (Status status = ReadItem(); !status.ok()) return status;
      if (Status status = ReadRepetition(); !status.ok()) return status;
    }
    if (!open_.empty()) return Status::Error("a bracket is not closed");
    return std::move(pattern_);
  }

 private:
  using Kind = BytePattern::Kind;

  void SkipBlanks() {
    const size_t end = rest_.find_first_not_of(' ');
    rest_.remove_prefix(std::min(end, rest_.size()));
  }
  bool Take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void Add(Kind kind, std::vector<uint8_t> bytes = {}, std::string name = {}) {
    pattern_.items_.push_back({.kind = kind, .bytes = std::move(bytes), .name = std::move(name)});
  }

  Status ReadItem() {
    last_ = pattern_.items_.size();
    if (Take("[")) return Open(Kind::kOpenVarInt);
    if (Take("{")) return Open(Kind::kOpenTwoBytes);
    if (Take("]")) return Close(Kind::kOpenVarInt);
    if (Take("}")) return Close(Kind::kOpenTwoBytes);
    if (Take("...")) return Add(Kind::kRest), Status::Ok();
    if (Take("??")) return Add(Kind::kAny), Status::Ok();
    if (Take("$")) return ReadVariable();
    if (rest_.front() == '\'' || rest_.front() == '"') return ReadText(rest_.front());
    return ReadHex();
  }

  Status Open(Kind kind) {
    open_.push_back(last_);
    Add(kind);
    return Status::Ok();
  }

  Status Close(Kind kind) {
    if (open_.empty() || pattern_.items_[open_.back()].kind != kind) {
      return Status::Error("a bracket closes that was not opened");
    }
    Add(Kind::kClose);
    last_ = open_.back();
    open_.pop_back();
    return Status::Ok();
  }

  Status ReadVariable() {
    size_t size = 0;
    while (size < rest_.size() && IsNameChar(rest_[size])) ++size;
    if (size == 0) return Status::Error("'$' wants a name behind it");
    std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    Add(Take("...") ? Kind::kRestVariable : Kind::kVariable, {}, std::move(name));
    return Status::Ok();
  }

  Status ReadText(char quote) {
    const size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) return Status::Error("a quotation does not end");
    const ByteView text = AsBytes(rest_.substr(1, end - 1));
    Add(Kind::kBytes, quote == '"' ? WithLength(text) : std::vector(text.begin(), text.end()));
    rest_.remove_prefix(end + 1);
    return Status::Ok();
  }

  Status ReadHex() {
    const size_t size = std::min(rest_.find_first_not_of(kHexDigits), rest_.size());
    if (size == 0 || size % 2 != 0) {
      return Status::Error(fmt::format("no byte begins at `{}`", rest_.substr(0, 12)));
    }
    const std::vector<uint8_t> bytes = Bytes(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (!rest_.starts_with('|')) return Add(Kind::kBytes, bytes), Status::Ok();
    std::vector<uint8_t> choice = bytes;
    while (Take("|")) {
      if (rest_.find_first_not_of(kHexDigits) < 2 || rest_.size() < 2) {
        return Status::Error("'|' stands between single bytes");
      }
      choice.push_back(Bytes(rest_.substr(0, 2)).front());
      rest_.remove_prefix(2);
    }
    if (bytes.size() != 1) return Status::Error("'|' stands between single bytes");
    Add(Kind::kOneOf, std::move(choice));
    return Status::Ok();
  }

  // *N behind an item, or behind a closing bracket: all of it that often.
  Status ReadRepetition() {
    if (!Take("*")) return Status::Ok();
    size_t count = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), count);
    if (error != std::errc() || count == 0) return Status::Error("'*' wants a number behind it");
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    auto& items = pattern_.items_;
    if (!open_.empty() && open_.back() == items.size() - 1) {
      return Status::Error("'*' stands behind a bracket that has just opened");
    }
    std::vector<BytePattern::Item> once(items.begin() + static_cast<ptrdiff_t>(last_), items.end());
    items.resize(last_);
    if (once.size() == 1 && once.front().kind == Kind::kBytes) {  // Long texts stay one item.
      std::vector<uint8_t> many;
      if (once.front().bytes.size() * count > kMaxSize) return Status::Error("that is too long");
      for (size_t i = 0; i < count; ++i) {
        many.insert(many.end(), once.front().bytes.begin(), once.front().bytes.end());
      }
      return Add(Kind::kBytes, std::move(many)), Status::Ok();
    }
    if (once.size() * count > kMaxSize) return Status::Error("that is too long");
    for (size_t i = 0; i < count; ++i) items.insert(items.end(), once.begin(), once.end());
    return Status::Ok();
  }

  std::string_view rest_;
  BytePattern pattern_;
  std::vector<size_t> open_;  // Where brackets opened, outermost first.
  size_t last_ = 0;           // Where the last item, or the last bracket that closed, begins.
};

StatusOr<BytePattern> BytePattern::Parse(std::string_view text) {
  return PatternParser(text).Run();
}

namespace {

// Puts the length of what stands behind `begin` there.
Status InsertLength(bool two_bytes, size_t begin, std::vector<uint8_t>* bytes) {
  const size_t size = bytes->size() - begin;
  if (size > (two_bytes ? UINT16_MAX : kMaxVarInt)) {
    return Status::Error(fmt::format("{} bytes are more than a length can say", size));
  }
  uint8_t length[4];
  uint8_t* end = length + 2;
  if (two_bytes) {
    StoreU16(length, static_cast<uint16_t>(size));
  } else {
    end = StoreVarInt(length, static_cast<uint32_t>(size));
  }
  bytes->insert(bytes->begin() + static_cast<ptrdiff_t>(begin), length, end);
  return Status::Ok();
}

}  // namespace

StatusOr<std::vector<uint8_t>> BytePattern::Emit(const Bindings& bindings) const {
  std::vector<uint8_t> bytes;
  std::vector<std::pair<Kind, size_t>> open;
  for (const Item& item : items_) {
    switch (item.kind) {
      case Kind::kBytes:
        bytes.insert(bytes.end(), item.bytes.begin(), item.bytes.end());
        break;
      case Kind::kVariable:
      case Kind::kRestVariable: {
        const auto bound = bindings.find(item.name);
        if (bound == bindings.end())
          return Status::Error(fmt::format("${} has no value", item.name));
        bytes.insert(bytes.end(), bound->second.begin(), bound->second.end());
        break;
      }
      case Kind::kOpenTwoBytes:
      case Kind::kOpenVarInt:
        open.emplace_back(item.kind, bytes.size());
        break;
      case Kind::kClose: {
        const auto [kind, begin] = open.back();
        open.pop_back();
        const Status status = InsertLength(kind == Kind::kOpenTwoBytes, begin, &bytes);
        if (!status.ok()) return status;
        break;
      }
      default:
        return Status::Error("what is sent leaves no choice");
    }
  }
  return bytes;
}

// Walks through received bytes, an item at a time.
class BytePattern::Matcher {
 public:
  Matcher(ByteView bytes, Bindings* bindings)
      : bytes_(bytes), bindings_(*bindings), ends_{bytes.size()} {}

  Status Step(const Item& item) {
    switch (item.kind) {
      case Kind::kOpenTwoBytes:
        return OpenTwoBytes();
      case Kind::kOpenVarInt:
        return OpenVarInt();
      case Kind::kClose:
        return Close();
      case Kind::kBytes:
        return Compare(item, Take(item.bytes.size()));
      case Kind::kOneOf:
        return CompareOne(item, Take(1));
      case Kind::kAny:
        return Take(1).empty() ? Differs("one more byte") : Status::Ok();
      case Kind::kRest:
        Take(left());
        return Status::Ok();
      case Kind::kVariable:
        return left() < 2 ? Differs("two more bytes") : Bind(item, Take(2));
      case Kind::kRestVariable:
        return Bind(item, Take(left()));
    }
    UNREACHABLE();
  }

  Status Close() {
    if (left() > 0) return Differs("the end");
    ends_.pop_back();
    return Status::Ok();
  }

 private:
  size_t left() const { return ends_.back() - at_; }

  // The next bytes, or fewer if there are no more.
  ByteView Take(size_t size) {
    const ByteView taken = bytes_.subspan(at_, std::min(size, left()));
    at_ += taken.size();
    return taken;
  }

  Status OpenTwoBytes() {
    const ByteView length = Take(2);
    return length.size() < 2 ? Differs("a two-byte length") : Enter(LoadU16(length.data()));
  }

  Status OpenVarInt() {
    const VarInt number = ParseVarInt(bytes_.subspan(at_, left()));
    if (number.state != VarIntState::kWhole || !number.minimal) {
      return Differs("a Variable Byte Integer");
    }
    at_ += number.size;
    return Enter(number.value);
  }

  Status Enter(size_t length) {
    if (length > left()) return Differs(fmt::format("{} bytes, as the length says", length));
    ends_.push_back(at_ + length);
    return Status::Ok();
  }

  static Status Compare(const Item& item, ByteView taken) {
    if (std::ranges::equal(taken, item.bytes)) return Status::Ok();
    return Status::Error(fmt::format("{} stands where {} should", Hex(taken), Hex(item.bytes)));
  }

  static Status CompareOne(const Item& item, ByteView taken) {
    if (!taken.empty() && std::ranges::count(item.bytes, taken[0]) > 0) return Status::Ok();
    return Status::Error(
        fmt::format("{} stands where one of {} should", Hex(taken), Hex(item.bytes)));
  }

  Status Bind(const Item& item, ByteView taken) {
    const auto [bound, fresh] =
        bindings_.try_emplace(item.name, std::vector<uint8_t>(taken.begin(), taken.end()));
    if (fresh || std::ranges::equal(bound->second, taken)) return Status::Ok();
    return Status::Error(
        fmt::format("{} stands where ${} is {}", Hex(taken), item.name, Hex(bound->second)));
  }

  Status Differs(std::string_view wanted) const {
    return Status::Error(fmt::format("at byte {} should stand {}", at_, wanted));
  }

  ByteView bytes_;
  Bindings& bindings_;
  size_t at_ = 0;
  std::vector<size_t> ends_;  // Of the brackets that are open, outermost first.
};

Status BytePattern::Match(ByteView bytes, Bindings* bindings) const {
  Bindings with_fresh = *bindings;
  Matcher matcher(bytes, &with_fresh);
  for (const Item& item : items_) {
    if (Status status = matcher.Step(item); !status.ok()) return status;
  }
  if (Status status = matcher.Close(); !status.ok()) return status;
  *bindings = std::move(with_fresh);
  return Status::Ok();
}

}  // namespace signet::conformance
