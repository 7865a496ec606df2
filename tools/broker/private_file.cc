#include "tools/broker/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace signet {
namespace {

// The largest: an RSA key of 8192 bits with its certificate has some 12 KiB.
constexpr size_t kMaxFileSize = 1 << 20;
// Enough for all secrets that we write, so that no unwiped copy is left by a growing string.
constexpr size_t kMaxSecretReserve = 32 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

Status FailedToBe(const char* what, const std::filesystem::path& path) {
  return Status::Error(fmt::format("{} cannot be {}: {}", path.string(), what, strerror(errno)));
}

bool WriteAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t size = write(descriptor, content.data(), content.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    content.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

bool SyncFolder(const std::filesystem::path& folder) {
  const Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.get() >= 0 && fsync(descriptor.get()) == 0;
}

Status ReadAll(int descriptor, const std::filesystem::path& path, std::string* content) {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FailedToBe("read", path);
    if (size > 0) content->append(buffer.data(), static_cast<size_t>(size));
    explicit_bzero(buffer.data(), buffer.size());
    if (size == 0) return Status::Ok();
    if (content->size() > kMaxFileSize) {
      return Status::Error(fmt::format("{} is longer than a megabyte", path.string()));
    }
  }
}

}  // namespace

Status ReplaceFile(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const std::filesystem::path beside = path.string() + ".new";
  unlink(beside.c_str());  // Of a start that was cut short, perhaps with another mode.
  {
    const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    // The mode was made smaller by the umask.
    if (file.get() < 0 || fchmod(file.get(), mode) != 0 || !WriteAll(file.get(), content) ||
        fsync(file.get()) != 0) {
      return FailedToBe("written", beside);
    }
  }
  if (rename(beside.c_str(), path.c_str()) != 0) return FailedToBe("replaced", path);
  return SyncFolder(path.parent_path()) ? Status::Ok() : FailedToBe("synced", path.parent_path());
}

StatusOr<std::string> ReadStateFile(const std::filesystem::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  if (file.get() < 0 && errno == ENOENT) return content;
  if (file.get() < 0) return FailedToBe("read", path);
  if (Status status = ReadAll(file.get(), path, &content); !status.ok()) return status;
  return content;
}

StatusOr<SecretBytes> ReadSecretFile(const std::filesystem::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return SecretBytes();
  struct stat info = {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0) return FailedToBe("read", path);
  if ((info.st_mode & 077) != 0) {
    return Status::Error(
        fmt::format("{} is open to others than its owner: chmod 600 it, and "
                    "consider whether its key has been read",
                    path.string()));
  }
  std::string content;
  content.reserve(kMaxSecretReserve);
  const Status status = ReadAll(file.get(), path, &content);
  SecretBytes secret(content);
  explicit_bzero(content.data(), content.size());
  if (!status.ok()) return status;
  return secret;
}

}  // namespace signet
