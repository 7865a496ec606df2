#include "tools/broker/config_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>

#include "tests/tools/temp_folder.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

// A watch and a clock that goes only when the test says so; what the kernel tells is there at once.
class Watched {
 public:
  explicit Watched(const fs::path& where) {
    auto watch = ConfigWatch::Start(where);
    EXPECT_TRUE(watch.ok()) << watch.error().sentence();
    watch_ = std::move(*watch);
  }

  ConfigWatch& operator*() { return *watch_; }
  ConfigWatch* operator->() { return watch_.get(); }

  bool IsReadable() const {
    pollfd poll{.fd = watch_->fd(), .events = POLLIN};
    return ::poll(&poll, 1, 0) == 1;
  }

  // Whether something has happened, as it is told once it is quiet.
  bool SeesChange() {
    if (watch_->TakeChange(now_)) return true;
    now_ += ConfigWatch::kQuiet;
    const bool changed = watch_->TakeChange(now_);
    EXPECT_FALSE(watch_->TakeChange(now_));  // Told once.
    return changed;
  }

  Instant now_{seconds(100)};

 private:
  std::unique_ptr<ConfigWatch> watch_;
};

TEST(ConfigWatch, IsSilentWhileNothingHappens) {
  const TempFolder folder;  // Around the one watched: in /tmp, where it is, other tests do happen.
  folder.Write("etc/a.yaml", "");
  Watched watch(folder / "etc");
  EXPECT_FALSE(watch.IsReadable());
  EXPECT_FALSE(watch->Timeout(watch.now_).has_value());
  EXPECT_FALSE(watch.SeesChange());
}

TEST(ConfigWatch, SeesFilesWrittenMadeAndRemoved) {
  const TempFolder folder;
  folder.Write("a.yaml", "");
  Watched watch(folder.path());
  folder.Write("a.yaml", "more");
  EXPECT_TRUE(watch.IsReadable());
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("b.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
  fs::remove(folder / "b.yaml");
  EXPECT_TRUE(watch.SeesChange());
  EXPECT_FALSE(watch.SeesChange());
}

TEST(ConfigWatch, SeesTheRenameOfAnEditor) {
  const TempFolder folder;
  folder.Write("dir/a.yaml", "");
  folder.Write("a.new", "");
  Watched of_folder(folder / "dir");
  Watched of_file(folder / "dir/a.yaml");
  fs::rename(folder / "a.new", folder / "dir/a.yaml");
  EXPECT_TRUE(of_folder.SeesChange());
  EXPECT_TRUE(of_file.SeesChange());
}

TEST(ConfigWatch, OfAFileLooksAtThatFileAlone) {
  const TempFolder folder;
  folder.Write("a.yaml", "");
  Watched watch(folder / "a.yaml");
  folder.Write("b.yaml", "");
  EXPECT_FALSE(watch.SeesChange());
  folder.Write("a.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
}

TEST(ConfigWatch, WaitsUntilItIsQuiet) {
  const TempFolder folder;
  Watched watch(folder.path());
  const Instant start = watch.now_;
  folder.Write("a.yaml", "");
  EXPECT_FALSE(watch->TakeChange(start));
  EXPECT_EQ(watch->Timeout(start), ConfigWatch::kQuiet);
  const Instant later = start + ConfigWatch::kQuiet / 2;
  folder.Write("b.yaml", "");
  EXPECT_FALSE(watch->TakeChange(later));
  EXPECT_EQ(watch->Timeout(later), ConfigWatch::kQuiet);
  EXPECT_FALSE(watch->TakeChange(start + ConfigWatch::kQuiet));
  EXPECT_TRUE(watch->TakeChange(later + ConfigWatch::kQuiet));
  EXPECT_FALSE(watch->Timeout(later + ConfigWatch::kQuiet).has_value());
}

TEST(ConfigWatch, DoesNotWaitForEver) {
  const TempFolder folder;
  Watched watch(folder.path());
  Duration waited{};
  for (; waited < 2 * ConfigWatch::kPatience; waited += ConfigWatch::kQuiet / 2) {
    folder.Write("a.yaml", "");
    if (watch->TakeChange(watch.now_ + waited)) break;
  }
  EXPECT_EQ(waited, ConfigWatch::kPatience);
}

TEST(ConfigWatch, SeesMountedFoldersThatComeLater) {
  const TempFolder folder;
  Watched watch(folder.path());
  fs::create_directories(folder / "secrets");
  EXPECT_TRUE(watch.SeesChange());
  fs::create_directories(folder / "secrets/edge");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("secrets/edge/tls.crt", "");
  EXPECT_TRUE(watch.SeesChange());
  fs::remove_all(folder / "secrets");
  EXPECT_TRUE(watch.SeesChange());
  EXPECT_FALSE(watch.SeesChange());
  folder.Write("secrets/edge/tls.crt", "");
  EXPECT_TRUE(watch.SeesChange());
}

TEST(ConfigWatch, SeesTheSwapOfKubernetes) {
  const TempFolder folder;
  folder.Write("secrets/edge/..one/tls.crt", "1");
  folder.Write("secrets/edge/..two/tls.crt", "2");
  const fs::path edge = folder / "secrets/edge";
  fs::create_symlink("..one", edge / "..data");
  fs::create_symlink("..data/tls.crt", edge / "tls.crt");
  Watched watch(folder.path());
  for (const char* next : {"..two", "..one"}) {
    fs::create_symlink(next, edge / "..data_tmp");
    fs::rename(edge / "..data_tmp", edge / "..data");
    EXPECT_TRUE(watch.SeesChange()) << next;
    EXPECT_FALSE(watch.SeesChange()) << next;
  }
}

TEST(ConfigWatch, SeesTheSwapBehindAFile) {
  const TempFolder folder;
  folder.Write("mount/..one/a.yaml", "1");
  folder.Write("mount/..two/a.yaml", "2");
  fs::create_symlink("..one", folder / "mount/..data");
  fs::create_symlink("..data/a.yaml", folder / "mount/a.yaml");
  fs::create_symlink("mount/a.yaml", folder / "a.yaml");
  Watched watch(folder / "a.yaml");
  fs::create_symlink("..two", folder / "mount/..data_tmp");
  fs::rename(folder / "mount/..data_tmp", folder / "mount/..data");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("mount/..two/a.yaml", "3");
  EXPECT_TRUE(watch.SeesChange());
}

TEST(ConfigWatch, SeesFilesThatValuesReferTo) {
  const TempFolder folder;
  folder.Write("etc/a.yaml", "");
  folder.Write("pki/edge.crt", "");
  Watched watch(folder / "etc");
  folder.Write("pki/edge.crt", "");
  EXPECT_FALSE(watch.SeesChange());
  watch->SetReferenced({folder / "pki/edge.crt", folder / "pki/edge.key"});
  folder.Write("pki/edge.crt", "");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("pki/edge.key", "");  // Which was not there.
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("pki/other", "");
  EXPECT_FALSE(watch.SeesChange());
  watch->SetReferenced({});
  folder.Write("pki/edge.crt", "");
  EXPECT_FALSE(watch.SeesChange());
}

TEST(ConfigWatch, SeesTheFolderItselfReplaced) {
  const TempFolder folder;
  folder.Write("one/a.yaml", "");
  folder.Write("two/a.yaml", "");
  Watched watch(folder / "one");
  fs::rename(folder / "one", folder / "old");
  fs::rename(folder / "two", folder / "one");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("one/a.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("old/a.yaml", "");
  EXPECT_FALSE(watch.SeesChange());
}

TEST(ConfigWatch, SeesTheFolderComeBack) {
  const TempFolder folder;
  folder.Write("etc/a.yaml", "");
  Watched watch((folder / "etc/").string() + "/");
  fs::remove_all(folder / "etc");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("etc/a.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("etc/a.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
}

TEST(ConfigWatch, HearsOfMoreThanTheKernelCanTell) {
  const TempFolder folder;
  Watched watch(folder.path());
  for (int i = 0; i < 20'000; ++i) {  // fs.inotify.max_queued_events is 16384.
    folder.Write("a.yaml", "");
    fs::remove(folder / "a.yaml");
  }
  EXPECT_TRUE(watch.SeesChange());
  folder.Write("a.yaml", "");
  EXPECT_TRUE(watch.SeesChange());
}

}  // namespace
}  // namespace signet
