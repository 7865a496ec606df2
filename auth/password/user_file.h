// UserFile: who may come in by a password, as a file says it: a line `NAME:HASH` for each user
// (password_hash.h), in UTF-8. Empty lines, and those that begin with #, count for nothing. What is
// not understood, or is there twice, refuses the file as a whole: nobody is let in by a half of it.
//
// Never changes: a file that was changed is read into a new one. Shared (std::shared_ptr) by the
// method and by jobs on the worker's thread that outlive it; wiped with the last of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "auth/password/password_hash.h"
#include "core/base/hash.h"
#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet::auth {

class UserFile {
 public:
  // Beyond one of them the file is refused.
  static constexpr size_t kMaxBytes = size_t{1} << 20;
  static constexpr size_t kMaxUsers = 10'000;
  static constexpr size_t kMaxLineBytes = 2048;
  static constexpr size_t kMaxNameBytes = 256;

  struct User {
    std::string name;
    PasswordHash hash;
    uint64_t mark = 0;  // MarkOf() the hash.
  };

  // The error has the number of the line, and nothing of its hash: `line 3: the hash has ...`.
  static StatusOr<std::shared_ptr<const UserFile>> Parse(std::string_view text);
  UserFile() = default;
  UserFile(const UserFile&) = delete;
  UserFile& operator=(const UserFile&) = delete;
  ~UserFile();

  // In the order of the lines.
  const std::vector<User>& users() const { return users_; }
  // Null: nobody of this name.
  const User* Find(std::string_view name) const;

 private:
  Status Take(std::string_view line);

  std::vector<User> users_;
  TextMap<size_t> by_name_;
};

// Whether it can stand before the colon; the error goes on after a name: `is empty`.
Status CheckUserName(std::string_view name);

// Line by line, without line ends: calls take(size_t number, std::string_view line), which says
// whether to go on.
template <typename Take>
void ForEachLine(std::string_view text, Take&& take) {
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!take(number, line)) return;
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

// The user of a line, or nothing if it is empty or a comment.
std::string_view NameInLine(std::string_view line);

}  // namespace signet::auth
