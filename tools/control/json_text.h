// JsonText: an answer, written from the front to the back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signet {

class JsonText {
 public:
  // An object or a list; `name` is empty for the whole and for items of a list, as below.
  void Open(std::string_view name = {}) { Begin(name, '{', '}'); }
  void OpenList(std::string_view name) { Begin(name, '[', ']'); }
  // What was opened last.
  void Close();
  // `value` is UTF-8.
  void Text(std::string_view name, std::string_view value);
  void Number(std::string_view name, uint64_t value);
  void Flag(std::string_view name, bool value);
  void Null(std::string_view name);

  // Everything has been closed.
  std::string Take();

 private:
  void Begin(std::string_view name, char open, char close);
  void Name(std::string_view name);

  std::string text_;
  std::string open_;  // The brackets that will close, the innermost last.
};

}  // namespace signet
