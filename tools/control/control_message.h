// What an operator asks of a running broker, and what it hears, in the form of HTTP with JSON:
// docs/CONTROL.md has the paths. Whichever socket a question came by, one desk answers it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace signet {

struct ControlQuestion {
  // A longer body is refused (413): a Client Identifier and a topic of the greatest length, each
  // character escaped, fit in.
  static constexpr size_t kMaxBodyBytes = size_t{1} << 20;

  bool is_post = false;
  std::string path;
  std::map<std::string, std::string, std::less<>> parameters;  // Behind the `?`.
  std::string body;
};

struct ControlAnswer {
  int status = 200;
  std::string json;
};

// {"error": sentence}.
ControlAnswer ControlRefusal(int status, std::string_view sentence);

}  // namespace signet
