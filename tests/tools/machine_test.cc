#include "tools/broker/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "fmt/format.h"

namespace signet {
namespace {

namespace fs = std::filesystem;

class MachineTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(root_); }
  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  const fs::path root_ = fs::temp_directory_path() / (fmt::format("signet-machine-{}", getpid()));
};

TEST_F(MachineTest, WithoutControlGroupsThereIsNoLimit) {
  EXPECT_EQ(ControlGroupMemoryBytes(root_), UINT64_MAX);
}

TEST_F(MachineTest, TheSmallestOfAllGroupsAroundCounts) {
  Write("proc/self/cgroup", "0::/outer/inner\n");
  Write("sys/fs/cgroup/outer/memory.max", "1000\n");
  Write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  EXPECT_EQ(ControlGroupMemoryBytes(root_), 1000);
  Write("sys/fs/cgroup/memory.max", "900\n");
  EXPECT_EQ(ControlGroupMemoryBytes(root_), 900);
  Write("sys/fs/cgroup/outer/inner/memory.max", "800\n");
  EXPECT_EQ(ControlGroupMemoryBytes(root_), 800);
}

TEST_F(MachineTest, KnowsTheFirstVersionToo) {
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "700\n");
  EXPECT_EQ(ControlGroupMemoryBytes(root_), 700);
}

TEST(Machine, HasProcessorsAndMemory) {
  EXPECT_GE(AllowedProcessors(), 1);
  EXPECT_GT(MemoryBytes(), 1 << 20);
}

}  // namespace
}  // namespace signet
