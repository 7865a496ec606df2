#include "tools/control/json_text.h"

#include <utility>

#include "auth/json/json_writer.h"
#include "core/base/check.h"
#include "fmt/format.h"
#include "tools/control/control_message.h"

namespace signet {

void JsonText::Begin(std::string_view name, char open, char close) {
  Name(name);
  text_ += open;
  open_ += close;
}

void JsonText::Close() {
  CHECK(!open_.empty());
  text_ += open_.back();
  open_.pop_back();
}

void JsonText::Name(std::string_view name) {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
  if (name.empty()) return;
  auth::AppendJsonText(name, &text_);
  text_ += ':';
}

void JsonText::Text(std::string_view name, std::string_view value) {
  Name(name);
  auth::AppendJsonText(value, &text_);
}

void JsonText::Number(std::string_view name, uint64_t value) {
  Name(name);
  text_ += fmt::format("{}", value);
}

void JsonText::Flag(std::string_view name, bool value) {
  Name(name);
  text_ += value ? "true" : "false";
}

void JsonText::Null(std::string_view name) {
  Name(name);
  text_ += "null";
}

std::string JsonText::Take() {
  CHECK(open_.empty());
  return std::move(text_);
}

ControlAnswer ControlRefusal(int status, std::string_view sentence) {
  JsonText json;
  json.Open();
  json.Text("error", sentence);
  json.Close();
  return {.status = status, .json = json.Take()};
}

}  // namespace signet
