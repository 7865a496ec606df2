#include "tests/auth/support/text_file.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "core/base/check.h"

namespace signet::auth {

std::string ReadTextFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  CHECK(stream.good());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> ReadNamedLines(const std::string& path) {
  std::map<std::string, std::string> values;
  std::istringstream lines(ReadTextFile(path));
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(": ");
    CHECK(colon != line.npos);
    values[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return values;
}

}  // namespace signet::auth
