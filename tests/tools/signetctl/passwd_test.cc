// Files of users that are changed.
#include "tools/signetctl/passwd.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "auth/password/user_file.h"
#include "tests/tools/temp_folder.h"
#include "tools/signetctl/password_prompt.h"
#include "tools/signetctl/user_lines.h"

namespace signet {
namespace {

using Action = PasswdOptions::Action;

std::string Text(const SecretBytes& bytes) { return std::string(bytes.text()); }

TEST(UserLines, TakeThePlaceOfTheirUser) {
  EXPECT_EQ(Text(WithUser("# plant\na:1\n\nb:2\n#a:0\nc:3\n", "b", "x")),
            "# plant\na:1\n\nb:x\n#a:0\nc:3\n");
  EXPECT_EQ(Text(WithUser("a:1\nb:2\na:3\n", "a", "x")), "a:x\nb:2\n");
}

TEST(UserLines, OrComeAtTheEnd) {
  EXPECT_EQ(Text(WithUser("", "a", "x")), "a:x\n");
  EXPECT_EQ(Text(WithUser("b:2", "a", "x")), "b:2\na:x\n");
  EXPECT_EQ(Text(WithUser("ab:2\n", "a", "x")), "ab:2\na:x\n");
}

TEST(UserLines, GoAlone) {
  EXPECT_EQ(Text(*WithoutUser("# plant\na:1\nb:2\na:3", "a")), "# plant\nb:2\n");
  EXPECT_FALSE(WithoutUser("ab:1\n#a:1\n", "a").has_value());
}

class PasswdTest : public testing::Test {
 protected:
  // What went wrong; empty: nothing.
  std::string Run(Action action, std::string_view user, std::string_view password = "secret",
                  bool scram = false) {
    const PasswdOptions options{.action = action,
                                .scram = scram,
                                .iterations = 5000,
                                .file = (folder_ / "users").string(),
                                .user = std::string(user)};
    return Passwd(options, SecretBytes(password)).sentence();
  }
  std::string Read() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "users").rdbuf();
    return text.str();
  }
  bool Is(std::string_view user, std::string_view password) const {
    const auto file = auth::UserFile::Parse(Read());
    if (!file.ok() || (*file)->Find(user) == nullptr) return false;
    return auth::IsPassword(AsBytes(password), (*file)->Find(user)->hash);
  }
  mode_t Mode() const {
    struct stat info {};
    EXPECT_EQ(stat((folder_ / "users").c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  TempFolder folder_;
};

TEST_F(PasswdTest, MakesAFileThatIsItsOwnersAlone) {
  EXPECT_EQ(Run(Action::kCreate, "ann"), "");
  EXPECT_EQ(Mode(), 0600u);
  EXPECT_EQ(Read().find("ann:$7$5000$"), 0u);
  EXPECT_TRUE(Is("ann", "secret"));
  EXPECT_FALSE(Is("ann", "Secret"));
}

TEST_F(PasswdTest, SaltsEachPassword) {
  Run(Action::kCreate, "ann");
  const std::string first = Read();
  Run(Action::kSet, "ann");
  EXPECT_NE(Read(), first);
  EXPECT_TRUE(Is("ann", "secret"));
}

TEST_F(PasswdTest, KeepsWhatIsNotTheUsers) {
  Run(Action::kCreate, "ann");
  const std::string before = "# the plant\n\n" + Read();
  folder_.Write("users", before);
  EXPECT_EQ(Run(Action::kSet, "bob", "pencil", /*scram=*/true), "");
  EXPECT_EQ(Read().find(before + "bob:$scram-sha-256$5000$"), 0u);
  EXPECT_TRUE(Is("bob", "pencil"));
  EXPECT_EQ(Run(Action::kDelete, "bob"), "");
  EXPECT_EQ(Read(), before);
}

TEST_F(PasswdTest, ANewFileTakesThePlaceOfAnOldOne) {
  Run(Action::kCreate, "ann");
  EXPECT_EQ(Run(Action::kCreate, "bob"), "");
  EXPECT_FALSE(Is("ann", "secret"));
  EXPECT_TRUE(Is("bob", "secret"));
}

TEST_F(PasswdTest, OthersMayNotReadWhatTheyCould) {
  Run(Action::kCreate, "ann");
  ASSERT_EQ(chmod((folder_ / "users").c_str(), 0664), 0);
  Run(Action::kSet, "ann");
  EXPECT_EQ(Mode(), 0640u);
}

TEST_F(PasswdTest, GoesWhereALinkLeads) {
  std::filesystem::create_directory(folder_ / "real");
  std::filesystem::create_symlink("real/users", folder_ / "users");
  folder_.Write("real/users", "");
  EXPECT_EQ(Run(Action::kSet, "ann"), "");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "users"));
  EXPECT_TRUE(Is("ann", "secret"));
}

TEST_F(PasswdTest, TakesAPathFromWhereItIs) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  const PasswdOptions options{
      .action = Action::kCreate, .iterations = 5000, .file = "users", .user = "ann"};
  EXPECT_EQ(Passwd(options, SecretBytes("secret")).sentence(), "");
  std::filesystem::current_path(before);
  EXPECT_TRUE(Is("ann", "secret"));
}

TEST_F(PasswdTest, LeavesNothingBesideTheFile) {
  Run(Action::kCreate, "ann");
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    ++entries;
  }
  EXPECT_EQ(entries, 1u);
}

TEST_F(PasswdTest, SaysWhatIsWrongAndChangesNothing) {
  const std::string path = (folder_ / "users").string();
  EXPECT_EQ(Run(Action::kSet, "ann"), path + " does not exist; -c makes it");
  EXPECT_EQ(Run(Action::kDelete, "ann"), path + " does not exist; -c makes it");
  Run(Action::kCreate, "ann");
  EXPECT_EQ(Run(Action::kDelete, "bob"), "there is no user bob in " + path);
  const std::string broken = Read() + "carl:plain\n";
  folder_.Write("users", broken);
  EXPECT_EQ(Run(Action::kSet, "bob")
                .find(path + " stays as it is, as no broker would take it: "
                             "line 2: the hash"),
            0u);
  EXPECT_EQ(Read(), broken);
  EXPECT_EQ(Run(Action::kDelete, "carl"), "");  // Which mends it.
}

TEST(CheckPassword, IsAsciiForScram) {
  PasswdOptions options;
  EXPECT_TRUE(CheckPassword(options, SecretBytes("pässwörd")).ok());
  options.scram = true;
  EXPECT_TRUE(CheckPassword(options, SecretBytes(" !~")).ok());
  for (const std::string_view password : {"pässwörd", "a\tb", "\x7F"}) {
    EXPECT_FALSE(CheckPassword(options, SecretBytes(password)).ok()) << password;
  }
}

// What is read from standard input that is no terminal.
std::string Asked(std::string_view input) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  EXPECT_EQ(write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  close(ends[1]);
  const StatusOr<SecretBytes> password = AskForPassword(ends[0]);
  close(ends[0]);
  return password.ok() ? Text(*password) : "(" + password.error().sentence() + ")";
}

TEST(AskForPassword, TakesTheFirstLine) {
  EXPECT_EQ(Asked("secret\nmore\n"), "secret");
  EXPECT_EQ(Asked("secret"), "secret");
  EXPECT_EQ(Asked(" a b \r\n"), " a b ");
  EXPECT_EQ(Asked(""), "(the password is empty)");
  EXPECT_EQ(Asked("\nsecret\n"), "(the password is empty)");
  EXPECT_EQ(Asked(std::string(4096, 'x')), std::string(4096, 'x'));
  EXPECT_EQ(Asked(std::string(4097, 'x')), "(the password has more than 4096 bytes)");
}

}  // namespace
}  // namespace signet
