// MetricsText: the text format of Prometheus (version 0.0.4): families of samples, each with HELP
// and TYPE. Label values may hold anything; the rest comes from us.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace signet {

class MetricsText {
 public:
  struct Label {
    std::string_view name;
    std::string_view value;
  };
  using Labels = std::initializer_list<Label>;

  // What follows belongs to this family. `name` without the prefix signet_.
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Sample(Labels labels, uint64_t value);
  // `counts`: how often a value was below 1, 2, 4, ... units, each value once; the last is without
  // bound. `unit`: of what the buckets are given in: 1e-6 where seconds were counted in
  // microseconds.
  void Histogram(Labels labels, std::span<const uint64_t> counts, double unit, double sum);

  std::string Take() { return std::move(text_); }

 private:
  void Line(std::string_view suffix, Labels labels, Label more, std::string_view value);

  std::string family_;
  std::string text_;
};

}  // namespace signet
