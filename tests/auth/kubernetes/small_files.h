// SmallFiles: the files of a pod, in memory, and how often they were read.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "auth/kubernetes/file_reader.h"

namespace signet::auth {

struct SmallFiles {
  std::map<std::string, std::string> texts;
  int reads = 0;

  // Which must not outlive this.
  FileReader Reader() {
    return [this](const std::string& path) -> StatusOr<SecretBytes> {
      ++reads;
      const auto found = texts.find(path);
      if (found == texts.end()) return Status::Error("does not exist");
      return SecretBytes(found->second);
    };
  }
};

}  // namespace signet::auth
