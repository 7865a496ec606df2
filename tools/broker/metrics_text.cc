#include "tools/broker/metrics_text.h"

#include <cmath>
#include <iterator>

#include "fmt/format.h"

namespace signet {
namespace {

void AppendLabel(const MetricsText::Label& label, std::string* text) {
  *text += text->back() == '{' ? "" : ",";
  *text += label.name;
  *text += "=\"";
  for (const char c : label.value) {
    if (c == '\\' || c == '"') *text += '\\';
    *text += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
  *text += '"';
}

}  // namespace

void MetricsText::Family(std::string_view name, std::string_view type, std::string_view help) {
  family_ = fmt::format("signet_{}", name);
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", family_, help,
                 type);
}

void MetricsText::Sample(Labels labels, uint64_t value) {
  Line("", labels, {}, fmt::format("{}", value));
}

void MetricsText::Histogram(Labels labels, std::span<const uint64_t> counts, double unit,
                            double sum) {
  uint64_t below = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    const bool last = i + 1 == counts.size();
    const std::string bound =
        last ? "+Inf" : fmt::format("{}", std::ldexp(unit, static_cast<int>(i)));
    Line("_bucket", labels, {"le", bound}, fmt::format("{}", below));
  }
  Line("_sum", labels, {}, fmt::format("{}", sum));
  Line("_count", labels, {}, fmt::format("{}", below));
}

void MetricsText::Line(std::string_view suffix, Labels labels, Label more, std::string_view value) {
  text_ += family_;
  text_ += suffix;
  if (labels.size() > 0 || !more.name.empty()) {
    text_ += '{';
    for (const Label& label : labels) AppendLabel(label, &text_);
    if (!more.name.empty()) AppendLabel(more, &text_);
    text_ += '}';
  }
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

}  // namespace signet
