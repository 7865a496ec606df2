#include "tests/auth/x509/openssl_verify.h"

#include <fmt/format.h>
#include <stdio.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "core/base/check.h"

namespace signet::forge {

std::string OutputOf(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  CHECK(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer;
  while (const size_t size = fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), size);
  }
  pclose(pipe);
  return output;
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "signet-x509-XXXXXX").string();
  CHECK(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::Write(const std::string& name, std::string_view content) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << content;
  return path_ + "/" + name;
}

std::vector<OpensslAnswer> AskOpenssl(const std::vector<OpensslQuestion>& questions) {
  const Folder folder;
  std::string script;
  for (size_t i = 0; i < questions.size(); ++i) {
    const Material& material = questions[i].material;
    const auto write = [&](std::string_view kind, std::string_view label,
                           const std::vector<Der>& ders, size_t from) {
      std::string pem;
      for (size_t j = from; j < ders.size(); ++j) pem += Pem(label, ders[j]);
      return folder.Write(fmt::format("{}-{}", i, kind), pem);
    };
    script += fmt::format(
        "openssl verify -attime {} -purpose sslclient -partial_chain -no-CApath -no-CAstore "
        "-CAfile {} ",
        questions[i].now_s, write("trusted", "CERTIFICATE", material.trusted, 0));
    if (material.shown.size() > 1) {
      script += fmt::format("-untrusted {} ", write("rest", "CERTIFICATE", material.shown, 1));
    }
    if (!material.crls.empty()) {
      script +=
          fmt::format("-crl_check_all -CRLfile {} ", write("crls", "X509 CRL", material.crls, 0));
    }
    const std::vector<Der> leaf{material.shown.front()};
    script += fmt::format("{} 2>&1; echo \"=$?\"\n", write("leaf", "CERTIFICATE", leaf, 0));
  }
  std::string output = OutputOf("sh " + folder.Write("script", script));
  std::vector<OpensslAnswer> answers;
  for (size_t at = 0; answers.size() < questions.size();) {
    const size_t mark = output.find("\n=", at);
    CHECK(mark != output.npos);
    const size_t end = output.find('\n', mark + 1);
    answers.push_back({.accepts = output.substr(mark, end - mark) == "\n=0",
                       .output = output.substr(at, mark - at)});
    at = end + 1;
  }
  return answers;
}

}  // namespace signet::forge
