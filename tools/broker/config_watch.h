// ConfigWatch: says when the configuration on disk has changed. It watches folders, so that it sees
// the rename by which an editor saves, the symbolic link that Kubernetes swaps, and files that come
// later: the configuration itself, its mounted Secrets and ConfigMaps, the files that values refer
// to, and where symbolic links among them lead. It says "changed" too often rather than too seldom;
// who loads finds out whether anything differs. On the control thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/base/time.h"

namespace signet {

class ConfigWatch {
 public:
  // A change is told once nothing more has happened for so long: saving takes several steps.
  static constexpr Duration kQuiet = milliseconds(100);
  // And at the latest after so long, if it goes on and on.
  static constexpr Duration kPatience = seconds(2);
  // Folders that are watched; those beyond are not, and a change there needs SIGHUP.
  static constexpr size_t kMaxFolders = 4096;

  // `where`: the file or the folder. To be called before it is loaded for the first time, so that
  // no change is missed in between.
  static StatusOr<std::unique_ptr<ConfigWatch>> Start(const std::filesystem::path& where);
  ~ConfigWatch();
  ConfigWatch(const ConfigWatch&) = delete;
  ConfigWatch& operator=(const ConfigWatch&) = delete;

  // Readable when something has happened: then ask TakeChange().
  int fd() const { return fd_; }
  // How long poll() may wait for fd() until TakeChange() has to be asked anyway; nothing: for ever.
  std::optional<Duration> Timeout(Instant now) const;
  // Whether to load now. Watches what is there by then.
  bool TakeChange(Instant now);

  // After each load: the files that values refer to, there or not.
  void SetReferenced(const std::vector<std::filesystem::path>& files);

  // For tests: how many folders are watched.
  size_t folders() const { return names_.size(); }

 private:
  // Names within a folder that matter; an empty set stands for all.
  using Names = std::set<std::string>;
  using Wanted = std::map<std::filesystem::path, Names>;

  ConfigWatch(int fd, std::filesystem::path where) : fd_(fd), where_(std::move(where)) {}

  void ReadEvents(Instant now);
  // Makes the kernel's watches those of what is on disk now.
  void Rescan();
  Wanted WhatToWatch() const;
  void WantFile(const std::filesystem::path& file, Wanted* wanted) const;
  void WantFolder(const std::filesystem::path& folder, Wanted* wanted) const;

  const int fd_;
  const std::filesystem::path where_;
  std::vector<std::filesystem::path> referenced_;
  std::map<int, Names> names_;  // By watch descriptor.
  std::optional<Instant> first_;
  std::optional<Instant> last_;
};

}  // namespace signet
