// Files of users. What is taken is found again by its name, means the same when it is written anew,
// and is within all bounds; what is said of the others is printable and repeats nothing that could
// be a hash. A plain reading of the lines knows how many users there must be. Input: the file.
#include <string>
#include <string_view>

#include "auth/password/user_file.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::password_file_fuzz {
namespace {

using auth::UserFile;

// Must be in no sentence.
constexpr std::string_view kSecret = "hunter2";

size_t CountUsers(std::string_view text) {
  size_t users = 0;
  std::string line;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != '\n') {
      line += text[i];
      continue;
    }
    if (line.ends_with('\r')) line.pop_back();
    bool is_blank = true;
    for (const char c : line) is_blank = is_blank && (c == ' ' || c == '\t');
    if (!is_blank && line.front() != '#') ++users;
    line.clear();
  }
  return users;
}

void CheckUser(const UserFile& file, const UserFile::User& user) {
  CHECK(file.Find(user.name) == &user);
  CHECK(!user.name.empty() && user.name.size() <= UserFile::kMaxNameBytes);
  CHECK(IsMqttUtf8(user.name) && user.name.find(':') == std::string::npos);
  CHECK(user.mark != 0 && user.mark == auth::MarkOf(user.hash));
  const SecretBytes text = auth::ToText(user.hash);
  CHECK(text.size() < UserFile::kMaxLineBytes);
  const auto again = auth::ParsePasswordHash(text.text());
  CHECK(again.ok() && auth::ToText(*again) == text);
}

void Check(std::string_view text) {
  const auto file = UserFile::Parse(text);
  if (!file.ok()) {
    const std::string& sentence = file.error().sentence();
    CHECK(sentence.size() < 256 && IsPrintableLine(sentence));
    CHECK(sentence.find(kSecret) == std::string::npos);
    return;
  }
  CHECK((*file)->users().size() == CountUsers(text));
  CHECK((*file)->users().size() <= UserFile::kMaxUsers && text.size() <= UserFile::kMaxBytes);
  std::string anew;
  for (const UserFile::User& user : (*file)->users()) {
    CheckUser(**file, user);
    anew += user.name + ":" + std::string(auth::ToText(user.hash).text()) + "\n";
  }
  const auto again = UserFile::Parse(anew);
  CHECK(again.ok() && (*again)->users().size() == (*file)->users().size());
}

}  // namespace

FUZZ_TARGET(password_file) {
  Check(AsText({data, size}));
  return 0;
}

}  // namespace signet::fuzz::password_file_fuzz
