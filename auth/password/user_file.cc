#include "auth/password/user_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/utf8.h"

namespace signet::auth {
namespace {

bool IsComment(std::string_view line) {
  return line.starts_with('#') || line.find_first_not_of(" \t") == line.npos;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

Status CheckUserName(std::string_view name) {
  if (name.empty()) return Status::Error("is empty");
  if (name.size() > UserFile::kMaxNameBytes) {
    return Status::Error(fmt::format("has more than {} bytes", UserFile::kMaxNameBytes));
  }
  if (!IsMqttUtf8(name)) return Status::Error("is not UTF-8");
  if (std::ranges::any_of(name, IsControl)) return Status::Error("has control characters");
  if (name.find(':') != name.npos) return Status::Error("has a colon");
  if (name.starts_with('#')) return Status::Error("begins like a comment, with #");
  // Others who read such files drop those blanks.
  if (name.starts_with(' ') || name.ends_with(' ')) {
    return Status::Error("begins or ends with a blank");
  }
  return Status::Ok();
}

std::string_view NameInLine(std::string_view line) {
  if (IsComment(line)) return {};
  return line.substr(0, line.find(':'));
}

StatusOr<std::shared_ptr<const UserFile>> UserFile::Parse(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Status::Error(fmt::format("it has more than {} bytes", kMaxBytes));
  }
  auto file = std::make_shared<UserFile>();
  size_t lines = 0;
  ForEachLine(text, [&](size_t, std::string_view line) {
    if (!IsComment(line)) ++lines;
    return lines <= kMaxUsers;
  });
  if (lines > kMaxUsers) return Status::Error(fmt::format("it has more than {} users", kMaxUsers));
  file->users_.reserve(lines);  // Never moved, so that no copy is left behind.
  Status status;
  ForEachLine(text, [&](size_t number, std::string_view line) {
    if (IsComment(line)) return true;
    if (Status taken = file->Take(line); !taken.ok()) {
      status = Status::Error(fmt::format("line {}: {}", number, taken.sentence()));
    }
    return status.ok();
  });
  if (!status.ok()) return status;
  return std::shared_ptr<const UserFile>(std::move(file));
}

Status UserFile::Take(std::string_view line) {
  if (line.size() > kMaxLineBytes) {
    return Status::Error(fmt::format("it has more than {} bytes", kMaxLineBytes));
  }
  const size_t colon = line.find(':');
  if (colon == line.npos) return Status::Error("it has no colon between a user and a hash");
  const std::string_view name = line.substr(0, colon);
  if (Status status = CheckUserName(name); !status.ok()) {
    return Status::Error(fmt::format("the user's name {}", status.sentence()));
  }
  std::string_view text = line.substr(colon + 1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  StatusOr<PasswordHash> hash = ParsePasswordHash(text);
  if (!hash.ok()) {
    return Status::Error(fmt::format("the hash {}", hash.error().sentence()));
  }
  if (!by_name_.emplace(std::string(name), users_.size()).second) {
    return Status::Error("the user is there already, on a line before");
  }
  const uint64_t mark = MarkOf(*hash);
  users_.push_back({.name = std::string(name), .hash = *hash, .mark = mark});
  Wipe(&*hash);
  return Status::Ok();
}

UserFile::~UserFile() {
  for (User& user : users_) Wipe(&user.hash);
}

const UserFile::User* UserFile::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &users_[found->second];
}

}  // namespace signet::auth
