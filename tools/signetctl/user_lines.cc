#include "tools/signetctl/user_lines.h"

#include "auth/password/user_file.h"

namespace signet {
namespace {

// Calls put(number of the user's line, from 0) for each line of the user, and copies the others.
template <typename Put>
SecretBytes Rewrite(std::string_view text, std::string_view name, size_t* found, Put&& put) {
  SecretBytes result;
  auth::ForEachLine(text, [&](size_t, std::string_view line) {
    if (auth::NameInLine(line) == name) {
      put((*found)++, &result);
    } else {
      result.Append(line);
      result.Append("\n");
    }
    return true;
  });
  return result;
}

void AppendUser(std::string_view name, std::string_view hash, SecretBytes* text) {
  text->Append(name);
  text->Append(":");
  text->Append(hash);
  text->Append("\n");
}

}  // namespace

SecretBytes WithUser(std::string_view text, std::string_view name, std::string_view hash) {
  size_t found = 0;
  SecretBytes result = Rewrite(text, name, &found, [&](size_t number, SecretBytes* out) {
    if (number == 0) AppendUser(name, hash, out);
  });
  if (found == 0) AppendUser(name, hash, &result);
  return result;
}

std::optional<SecretBytes> WithoutUser(std::string_view text, std::string_view name) {
  size_t found = 0;
  SecretBytes result = Rewrite(text, name, &found, [](size_t, SecretBytes*) {});
  if (found == 0) return std::nullopt;
  return result;
}

}  // namespace signet
