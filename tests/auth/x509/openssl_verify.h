// `openssl verify`, another implementation of RFC 5280, asked about many chains at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/auth/x509/case.h"

namespace signet::forge {

struct OpensslQuestion {
  Material material;
  int64_t now_s = 0;
};

// Runs a shell command; what it wrote. Fails the program if it cannot be run.
std::string OutputOf(const std::string& command);

// A folder that goes away with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string Write(const std::string& name, std::string_view content) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Whether openssl takes the chain for a client's, one answer for each question; and what it says.
struct OpensslAnswer {
  bool accepts = false;
  std::string output;
};
std::vector<OpensslAnswer> AskOpenssl(const std::vector<OpensslQuestion>& questions);

}  // namespace signet::forge
