// The files beside the tests: vectors and recorded answers.
#pragma once

#include <map>
#include <string>

namespace signet::auth {

// The whole file; the test ends if there is none.
std::string ReadTextFile(const std::string& path);

// Of lines `NAME: VALUE`.
std::map<std::string, std::string> ReadNamedLines(const std::string& path);

}  // namespace signet::auth
