#include "tools/signetctl/passwd.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "auth/password/user_file.h"
#include "fmt/format.h"
#include "tools/broker/private_file.h"
#include "tools/broker/whole_file.h"
#include "tools/signetctl/user_lines.h"

namespace signet {
namespace {

namespace fs = std::filesystem;
using PasswdAction = PasswdOptions::Action;

// As many as mosquitto asks for, which takes no others.
constexpr size_t kSaltBytes = 12;
constexpr mode_t kOwnerAlone = 0600;
constexpr mode_t kAtMost = 0640;  // A group may read it, if it could before.

// While it lives, nobody else who does the same changes a file in the folder.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : fd_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0) is_held_ = flock(fd_, LOCK_EX) == 0;
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (fd_ >= 0) close(fd_);
  }
  bool is_held() const { return is_held_; }

 private:
  const int fd_;
  bool is_held_ = false;
};

Status Failed(const fs::path& path, std::string_view what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's answers from a table.
  return Status::Error(fmt::format("{} {}: {}", path.string(), what, std::strerror(errno)));
}

std::vector<uint8_t> RandomSalt() {
  std::vector<uint8_t> salt(kSaltBytes);
  while (getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size())) {
  }
  return salt;
}

SecretBytes HashText(const PasswdOptions& options, const SecretBytes& password) {
  auth::PasswordHash hash;
  if (options.scram) {
    hash = auth::MakeScram(password.bytes(), RandomSalt(), options.iterations);
  } else {
    hash = auth::MakePbkdf2(password.bytes(), RandomSalt(), options.iterations);
  }
  SecretBytes text = auth::ToText(hash);
  auth::Wipe(&hash);
  return text;
}

// What the file is to hold.
StatusOr<SecretBytes> Changed(const PasswdOptions& options, const SecretBytes& before,
                              const SecretBytes& password) {
  if (options.action == PasswdAction::kDelete) {
    std::optional<SecretBytes> without = WithoutUser(before.text(), options.user);
    if (!without) {
      return Status::Error(fmt::format("there is no user {} in {}", options.user, options.file));
    }
    return std::move(*without);
  }
  return WithUser(before.text(), options.user, HashText(options, password).text());
}

Status Write(const fs::path& path, const std::optional<struct stat>& before,
             const SecretBytes& text) {
  const mode_t mode = before ? (before->st_mode & kAtMost) | kOwnerAlone : kOwnerAlone;
  if (Status status = ReplaceFile(path, text.text(), mode); !status.ok()) return status;
  if (!before || (before->st_uid == geteuid() && before->st_gid == getegid())) return Status::Ok();
  if (chown(path.c_str(), before->st_uid, before->st_gid) == 0) return Status::Ok();
  return Failed(path, "is written, but cannot be given to whom it belonged");
}

}  // namespace

Status CheckPassword(const PasswdOptions& options, const SecretBytes& password) {
  const bool is_plain = std::ranges::all_of(
      password.text(), [](char c) { return static_cast<unsigned char>(c) - 0x20U < 0x5FU; });
  if (!options.scram || is_plain) return Status::Ok();
  return Status::Error("with --scram the password must be printable ASCII");
}

Status Passwd(const PasswdOptions& options, const SecretBytes& password) {
  std::error_code error;
  const fs::path typed = fs::absolute(options.file, error);
  const fs::path path = error ? fs::path() : fs::weakly_canonical(typed, error);
  if (error || !path.has_filename()) {
    return Status::Error(fmt::format("{} is not the name of a file", options.file));
  }
  const FolderLock lock(path.parent_path());
  if (!lock.is_held()) return Failed(path.parent_path(), "cannot be locked");
  std::optional<struct stat> info(std::in_place);
  if (stat(path.c_str(), &*info) != 0) info.reset();
  SecretBytes before;
  if (options.action != PasswdAction::kCreate) {
    StatusOr<SecretBytes> text = ReadWhole(path, auth::UserFile::kMaxBytes);
    if (!text.ok()) {
      return Status::Error(fmt::format("{} {}{}", options.file, text.error().sentence(),
                                       info ? "" : "; -c makes it"));
    }
    before = std::move(*text);
  }
  StatusOr<SecretBytes> text = Changed(options, before, password);
  if (!text.ok()) return text.error();
  const auto users = auth::UserFile::Parse(text->text());
  if (!users.ok()) {
    return Status::Error(fmt::format("{} stays as it is, as no broker would take it: {}",
                                     options.file, users.error().sentence()));
  }
  return Write(path, info, *text);
}

}  // namespace signet
