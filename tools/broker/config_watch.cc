#include "tools/broker/config_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fmt/format.h"
#include "tools/broker/config_files.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                             IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

// How Kubernetes replaces all values of a folder at once.
constexpr std::string_view kKubernetesLink = "..data";

// A chain of symbolic links is followed so far; the kernel's own bound is 40.
constexpr int kMaxLinks = 40;

fs::path ParentOf(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

// Without a slash at its end, which would hide its last name.
fs::path Named(const fs::path& path) {
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

// The name by which others know it, where it was typed as `.`.
fs::path Absolute(const fs::path& path) {
  std::error_code error;
  return Named(fs::absolute(path, error).lexically_normal());
}

}  // namespace

StatusOr<std::unique_ptr<ConfigWatch>> ConfigWatch::Start(const fs::path& where) {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    return Status::Error(fmt::format(
        "changes of {} cannot be watched: {} (see fs.inotify.max_user_instances)", where.string(),
        std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe): glibc's answers from a table.
  }
  std::unique_ptr<ConfigWatch> watch(new ConfigWatch(fd, Absolute(where)));
  watch->Rescan();
  if (watch->names_.empty()) {
    return Status::Error(fmt::format(
        "changes of {} cannot be watched (see fs.inotify.max_user_watches)", where.string()));
  }
  return watch;
}

ConfigWatch::~ConfigWatch() { close(fd_); }

std::optional<Duration> ConfigWatch::Timeout(Instant now) const {
  if (!last_) return std::nullopt;
  const Instant due = std::min(*last_ + kQuiet, *first_ + kPatience);
  return std::max(due - now, Duration::zero());
}

bool ConfigWatch::TakeChange(Instant now) {
  ReadEvents(now);
  const std::optional<Duration> wait = Timeout(now);
  if (!wait || *wait > Duration::zero()) return false;
  first_.reset();
  last_.reset();
  Rescan();
  return true;
}

void ConfigWatch::SetReferenced(const std::vector<fs::path>& files) {
  std::vector<fs::path> named;
  named.reserve(files.size());
  for (const fs::path& file : files) named.push_back(Absolute(file));
  if (std::exchange(referenced_, named) != named) Rescan();
}

void ConfigWatch::ReadEvents(Instant now) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): it is filled.
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  bool changed = false;
  while (true) {
    const ssize_t size = read(fd_, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      inotify_event event{};
      std::memcpy(&event, at, sizeof event);
      const std::string name = event.len > 0 ? at + sizeof event : "";
      at += sizeof event + event.len;
      if ((event.mask & IN_IGNORED) != 0) continue;  // The end of a watch, which is no news.
      const auto names = names_.find(event.wd);
      // One that is not known was watched until a moment ago, or too much has happened to be told.
      changed = changed || names == names_.end() || name.empty() || names->second.empty() ||
                names->second.contains(name);
    }
  }
  if (!changed) return;
  if (!first_) first_ = now;
  last_ = now;
}

void ConfigWatch::WantFile(const fs::path& file, Wanted* wanted) const {
  fs::path at = file;
  for (int links = 0; links < kMaxLinks; ++links) {
    const auto [names, is_new] = wanted->try_emplace(ParentOf(at));
    if (is_new || !names->second.empty()) {  // Otherwise all names matter already.
      names->second.insert(at.filename());
      names->second.insert(std::string(kKubernetesLink));
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(at, error);
    if (error) return;
    at = Named(ParentOf(at) / target);
  }
}

void ConfigWatch::WantFolder(const fs::path& folder, Wanted* wanted) const {
  WantFile(folder, wanted);
  (*wanted)[folder].clear();
}

ConfigWatch::Wanted ConfigWatch::WhatToWatch() const {
  Wanted wanted;
  std::error_code error;
  const auto want_links = [&](const fs::path& folder) {
    for (const fs::path& entry : VisibleEntries(folder)) {
      if (fs::is_symlink(entry, error)) WantFile(entry, &wanted);
    }
  };
  if (!fs::is_directory(where_, error)) {
    WantFile(where_, &wanted);
  } else {
    WantFolder(where_, &wanted);
    want_links(where_);
    for (const std::string_view kind : {kSecretsFolder, kConfigMapsFolder}) {
      if (!fs::is_directory(where_ / kind, error)) continue;
      WantFolder(where_ / kind, &wanted);
      for (const fs::path& object : VisibleEntries(where_ / kind)) {
        if (!fs::is_directory(object, error)) continue;
        WantFolder(object, &wanted);
        want_links(object);
      }
    }
  }
  for (const fs::path& file : referenced_) WantFile(file, &wanted);
  return wanted;
}

void ConfigWatch::Rescan() {
  const Wanted wanted = WhatToWatch();
  std::map<int, Names> names;
  for (const auto& [folder, in_folder] : wanted) {
    if (names.size() == kMaxFolders) break;
    const int descriptor = inotify_add_watch(fd_, folder.c_str(), kEvents);
    if (descriptor < 0) continue;  // It is not there; the one above it tells when it comes.
    const auto [known, is_new] = names.emplace(descriptor, in_folder);
    if (is_new) continue;  // Two paths may lead to one folder.
    if (in_folder.empty() || known->second.empty()) {
      known->second.clear();
    } else {
      known->second.insert(in_folder.begin(), in_folder.end());
    }
  }
  for (const auto& [descriptor, ignored] : names_) {
    if (!names.contains(descriptor)) inotify_rm_watch(fd_, descriptor);
  }
  names_ = std::move(names);
}

}  // namespace signet
