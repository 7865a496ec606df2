#include "core/base/pem.h"

#include "core/base/base64.h"
#include "core/base/log.h"
#include "fmt/format.h"

namespace signet {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// Blanks stand in files that people have edited.
bool DecodeBody(std::string_view text, std::vector<uint8_t>* bytes) {
  std::string dense(text);
  std::erase_if(dense, [](char c) { return c == ' ' || c == '\t'; });
  const StatusOr<SecretBytes> decoded = DecodeBase64(dense);
  if (!decoded.ok() || decoded->empty()) return false;
  bytes->assign(decoded->bytes().begin(), decoded->bytes().end());
  return true;
}

}  // namespace

StatusOr<std::vector<PemBlock>> ParsePem(std::string_view text) {
  std::vector<PemBlock> blocks;
  size_t at = 0;
  while ((at = text.find(kBegin, at)) != text.npos) {
    const size_t number = blocks.size() + 1;
    at += kBegin.size();
    const size_t label_end = text.find(kDashes, at);
    if (label_end == text.npos || text.substr(at, label_end - at).find('\n') != text.npos) {
      return Status::Error(fmt::format("its block {} has no whole BEGIN line", number));
    }
    PemBlock block{.label = std::string(text.substr(at, label_end - at)), .der = {}};
    const std::string shown = EscapeForLog(block.label, 40);
    const std::string end = fmt::format("{}{}{}", kEnd, block.label, kDashes);
    const size_t begin = label_end + kDashes.size();
    const size_t stop = text.find(end, begin);
    if (stop == text.npos) {
      return Status::Error(fmt::format("its block {} ({}) has no END line", number, shown));
    }
    const bool is_key = block.label.find("PRIVATE KEY") != block.label.npos;
    if (!is_key && !DecodeBody(text.substr(begin, stop - begin), &block.der)) {
      return Status::Error(fmt::format("its block {} ({}) is not Base64", number, shown));
    }
    blocks.push_back(std::move(block));
    at = stop + end.size();
  }
  return blocks;
}

}  // namespace signet
