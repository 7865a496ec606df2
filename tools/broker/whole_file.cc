#include "tools/broker/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "fmt/format.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

// Closed at the end of a scope.
class OpenFile {
 public:
  // Does not wait for the other end of a FIFO.
  explicit OpenFile(const fs::path& path)
      : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

Status Unreadable() {
  if (errno == ENOENT) return Status::Error("does not exist");
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's answers from a table.
  return Status::Error(fmt::format("cannot be read: {}", std::strerror(errno)));
}

StatusOr<SecretBytes> ReadWhole(const fs::path& path, size_t most) {
  const OpenFile file(path);
  struct stat info {};
  if (file.fd() < 0 || fstat(file.fd(), &info) != 0) return Unreadable();
  if (!S_ISREG(info.st_mode)) return Status::Error("is not a file");
  if (std::cmp_greater(info.st_size, most)) {
    return Status::Error(
        fmt::format("has {} bytes, and {} are the most that are read", info.st_size, most));
  }
  std::string bytes(static_cast<size_t>(info.st_size) + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(file.fd(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable();
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  const bool grows = size == bytes.size();
  bytes.resize(size);
  SecretBytes whole = SecretBytes::Take(&bytes);
  if (grows) return Status::Error("is being written");
  return whole;
}

}  // namespace signet
