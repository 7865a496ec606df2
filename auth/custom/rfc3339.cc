#include "auth/custom/rfc3339.h"

#include <chrono>
#include <cstdint>

namespace signet::auth {
namespace {

// Goes along a text; what does not fit is remembered, so that a whole form is read in one go.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  // The next character, if it is one of these; the letters of RFC 3339 may be small.
  char OneOf(std::string_view allowed) {
    if (text_.empty() || allowed.find(text_.front()) == allowed.npos) {
      ok_ = false;
      return '\0';
    }
    const char found = text_.front();
    text_.remove_prefix(1);
    return found;
  }
  // So many digits, and a number up to `most`.
  int Number(int digits, int most) {
    int number = 0;
    for (int i = 0; i < digits; ++i) number = number * 10 + (OneOf("0123456789") - '0');
    ok_ = ok_ && number <= most;
    return number;
  }
  bool Skip(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Behind the point: at least one digit.
  int Milliseconds() {
    int milliseconds = 0;
    int weight = 100;
    do {
      milliseconds += weight * (OneOf("0123456789") - '0');
      weight /= 10;
    } while (ok_ && !text_.empty() && text_.front() >= '0' && text_.front() <= '9');
    return milliseconds;
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

// In minutes, by which the local time is ahead of UTC.
int ReadOffset(Scanner* scanner) {
  const char sign = scanner->OneOf("Zz+-");
  if (sign != '+' && sign != '-') return 0;
  const int hours = scanner->Number(2, 23);
  scanner->OneOf(":");
  const int minutes = hours * 60 + scanner->Number(2, 59);
  return sign == '+' ? minutes : -minutes;
}

}  // namespace

std::optional<WallTime> ParseRfc3339(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.Number(4, 9999);
  scanner.OneOf("-");
  const int month = scanner.Number(2, 12);
  scanner.OneOf("-");
  const int day = scanner.Number(2, 31);
  scanner.OneOf("Tt");
  const int hour = scanner.Number(2, 23);
  scanner.OneOf(":");
  const int minute = scanner.Number(2, 59);
  scanner.OneOf(":");
  const int second = scanner.Number(2, 60);
  const int fraction_ms = scanner.ok() && scanner.Skip('.') ? scanner.Milliseconds() : 0;
  const int offset_minutes = ReadOffset(&scanner);
  if (!scanner.ok() || !scanner.at_end()) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const int64_t seconds = ((days * 24 + hour) * 60 + minute - offset_minutes) * 60 + second;
  return WallTime::FromMilliseconds(seconds * 1000 + fraction_ms);
}

}  // namespace signet::auth
