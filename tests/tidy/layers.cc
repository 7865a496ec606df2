#include "tests/tidy/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace signet::tidy {
namespace {

using Names = std::vector<std::string_view>;

// The layer that a file belongs to is the first that it is, or whose folder it lies in.
struct Layer {
  std::string_view folder;
  Names ours;     // Folders of ours that it may include.
  Names outside;  // Headers of others; a name that ends in '/' stands for all below it.
};

// Stands for the standard library, less what starts threads, reads clocks or does I/O.
constexpr std::string_view kPureStandard = "the pure standard library";
constexpr std::string_view kStandard = "the standard library";
constexpr std::string_view kAnything = "any library";

constexpr auto kImpureHeaders = std::to_array<std::string_view>(
    {"barrier", "condition_variable", "csignal", "ctime", "filesystem", "fstream", "future",
     "iostream", "latch", "mutex", "regex", "semaphore", "shared_mutex", "stop_token", "thread"});

const std::vector<Layer>& Layers() {
  static const Names pure = {kPureStandard, "absl/", "fmt/", "sanitizer/"};
  static const std::vector<Layer> layers = {
      // Memory from the kernel is memory, and no I/O.
      {"core/base/memory_reserve.cc", {"core/base"}, {kPureStandard, "sys/mman.h"}},
      {"core/base", {"core/base"}, pure},
      {"core/mqtt", {"core/base", "core/mqtt"}, pure},
      {"core/topic", {"core/base", "core/mqtt", "core/topic"}, pure},
      {"core/session", {"core/base", "core/mqtt", "core/topic", "core/session"}, pure},
      {"core/access", {"core/base", "core/mqtt", "core/topic", "core/access"}, pure},
      // Manifests are YAML, and reading that takes text alone.
      {"core/config",
       {"core/base", "core/config"},
       {kPureStandard, "absl/", "fmt/", "sanitizer/", "yaml-cpp/"}},
      {"core/broker", {"core"}, pure},
      {"auth",
       {"core/base", "core/mqtt", "core/access", "core/config", "auth"},
       {kPureStandard, "absl/", "fmt/", "re2/", "sanitizer/", "simdjson.h", "wolfssl/"}},
      // The only one that knows libcurl.
      {"net/http",
       {"core", "net"},
       {kStandard, "absl/", "curl/", "fmt/", "netinet/", "poll.h", "sys/", "unistd.h"}},
      {"net",
       {"core", "net"},
       {kStandard, "absl/", "fmt/", "sanitizer/", "liburing.h", "liburing/", "wolfssl/", "linux/",
        "sys/", "netinet/", "arpa/", "fcntl.h", "netdb.h", "poll.h", "pthread.h", "sched.h",
        "signal.h", "unistd.h"}},
      {"tools", {"core", "auth", "net", "tools"}, {kAnything}},
      // A handshake that is measured needs another side, and a chain or a token somebody who makes
      // it; the product has neither.
      {"bench",
       {"core", "auth", "net", "bench", "tests/net/tls", "tests/auth/support", "tests/auth/x509"},
       {kAnything}},
      // A test may include whatever it tests, the parts of a tool among them.
      {"tests", {"core", "auth", "net", "tools", "bench", "tests"}, {kAnything}},
  };
  return layers;
}

bool IsOurs(std::string_view header) {
  static const Names roots = {"core", "auth", "net", "tools", "bench", "tests"};
  return std::ranges::any_of(roots, [&](std::string_view root) { return LiesIn(header, root); });
}

bool IsStandard(std::string_view header) { return header.find_first_of("./") == header.npos; }

bool Covers(std::string_view allowed, std::string_view header) {
  if (allowed == kAnything) return true;
  if (allowed == kStandard) return IsStandard(header);
  if (allowed == kPureStandard) {
    return IsStandard(header) && std::ranges::count(kImpureHeaders, header) == 0;
  }
  return allowed.ends_with('/') ? header.starts_with(allowed) : header == allowed;
}

bool MayInclude(const Layer& layer, std::string_view header) {
  if (IsOurs(header)) {
    return std::ranges::any_of(layer.ours, [&](auto folder) { return LiesIn(header, folder); });
  }
  return std::ranges::any_of(layer.outside, [&](auto allowed) { return Covers(allowed, header); });
}

// Whether some layer may include this very header of others.
bool IsNamedOutside(std::string_view header) {
  return std::ranges::any_of(
      Layers(), [&](const Layer& layer) { return std::ranges::count(layer.outside, header) > 0; });
}

struct Include {
  std::string_view header;
  bool quoted;
};

std::optional<Include> ParseInclude(std::string_view line) {
  if (!line.starts_with("#include")) return std::nullopt;
  const size_t open = line.find_first_of("<\"");
  if (open == line.npos) return std::nullopt;
  const size_t close = line.find_first_of(">\"", open + 1);
  return Include{.header = line.substr(open + 1, close - open - 1), .quoted = line[open] == '"'};
}

}  // namespace

Complaints CheckIncludes(const SourceFile& file) {
  Complaints complaints;
  const auto layer = std::ranges::find_if(Layers(), [&](const Layer& candidate) {
    return file.path == candidate.folder || LiesIn(file.path, candidate.folder);
  });
  if (layer == Layers().end()) {
    Complain(&complaints, file, 1, "belongs to no layer; give it one in tests/tidy/layers.cc");
    return complaints;
  }
  const std::vector<std::string_view> lines = LinesOf(file.text);
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::optional<Include> include = ParseInclude(lines[i]);
    if (!include) continue;
    if (include->quoted && include->header.find('/') == std::string_view::npos &&
        !IsNamedOutside(include->header)) {
      Complain(&complaints, file, i + 1,
               fmt::format("write the path of \"{}\" from the root", include->header));
    } else if (!MayInclude(*layer, include->header)) {
      Complain(&complaints, file, i + 1,
               fmt::format("{} may not include {}; docs/ARCHITECTURE.md says who may include whom",
                           layer->folder, include->header));
    }
  }
  return complaints;
}

}  // namespace signet::tidy
