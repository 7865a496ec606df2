#include "tests/tidy/house_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace signet::tidy {
namespace {

// A set of top-level folders.
enum Where : unsigned {
  kCore = 1,
  kAuth = 2,
  kNet = 4,
  kTools = 8,
  kBench = 16,
  kTests = 32,
  kProduct = kCore | kAuth | kNet | kTools,
  kEverywhere = kProduct | kBench | kTests,
};

struct Ban {
  std::string_view token;
  unsigned where;
  std::string_view instead;
  std::string_view except;  // The one file or folder that may.
};

constexpr std::string_view kFormat = "fmt::format, or fmt::format_to_n into a buffer";
constexpr std::string_view kParse = "std::from_chars, which reports what it could not read";
constexpr std::string_view kClock = "an Instant that is passed in: this layer reads no clock";
constexpr std::string_view kLog = "core/base/log.h; a broker's output is its log";
constexpr std::string_view kChance = "a generator with a seed that is passed in";
constexpr std::string_view kShard = "a value or a std::unique_ptr: a shard has one thread";
constexpr std::string_view kValue =
    "SharedBuffer, or a value: what is shared is bytes alone, but for what core/access names";
constexpr std::string_view kTlsContext =
    "net/tls/tls_context.h: no context is without a verify mode and a minimum version";
constexpr std::string_view kOwnThreads =
    "std::mutex: ThreadSanitizer cannot see into Debian's absl";

constexpr auto kBans = std::to_array<Ban>({
    {"strcpy(", kEverywhere, kFormat},
    {"strcat(", kEverywhere, kFormat},
    {"sprintf(", kEverywhere, kFormat},
    {"vsprintf(", kEverywhere, kFormat},
    {"gets(", kEverywhere, "a read with a bound"},
    {"atoi(", kEverywhere, kParse},
    {"atol(", kEverywhere, kParse},
    {"atof(", kEverywhere, kParse},
    {"rand(", kEverywhere, kChance},
    {"srand(", kEverywhere, kChance},
    {"std::random_device", kCore, kChance},
    {"printf(", kCore | kAuth | kNet, kLog},
    {"fprintf(", kCore | kAuth | kNet, kLog, "core/base/check.cc"},
    {"puts(", kCore | kAuth | kNet, kLog},
    {"std::cout", kCore | kAuth | kNet, kLog},
    {"std::cerr", kCore | kAuth | kNet, kLog},
    {"throw", kProduct, "a Result or a Status; we throw nothing", "core/base/memory_reserve.cc"},
    {"using namespace std", kEverywhere, "the names that you use"},
    {"std::regex", kEverywhere, "a parser by hand: std::regex can exhaust the stack"},
    {"std::endl", kEverywhere, "'\\n': endl also flushes"},
    {"absl::string_view", kEverywhere, "std::string_view; core/base/hash.h joins the two",
     "core/base/hash.h"},
    {"absl::StrCat", kEverywhere, kFormat},
    {"absl::Mutex", kEverywhere, kOwnThreads},
    {"steady_clock::now", kCore | kAuth, kClock},
    {"system_clock::now", kCore | kAuth, kClock},
    {"high_resolution_clock::now", kCore | kAuth, kClock},
    {"clock_gettime(", kCore | kAuth, kClock},
    {"gettimeofday(", kCore | kAuth, kClock},
    {"std::time(", kCore | kAuth, kClock},
    {"wolfSSL_CTX_new(", kProduct, kTlsContext, "net/tls/tls_context.cc"},
    {"wolfSSL_CTX_new_ex(", kProduct, kTlsContext},
    {"std::mutex", kCore, kShard},
    {"std::shared_mutex", kCore, kShard},
    {"std::thread", kCore, kShard},
    {"std::shared_ptr", kCore, kValue, "core/access"},
    {"std::make_shared", kCore, kValue, "core/access"},
});

unsigned FolderOf(std::string_view path) {
  if (LiesIn(path, "core")) return kCore;
  if (LiesIn(path, "auth")) return kAuth;
  if (LiesIn(path, "net")) return kNet;
  if (LiesIn(path, "tools")) return kTools;
  return LiesIn(path, "bench") ? kBench : kTests;
}

// The next place at or after `from` where the token stands alone, not as part of a longer name.
size_t FindToken(std::string_view code, std::string_view token, size_t from) {
  for (size_t at = code.find(token, from); at != code.npos; at = code.find(token, at + 1)) {
    const size_t end = at + token.size();
    const bool begins = at == 0 || !IsIdentifierChar(code[at - 1]);
    const bool ends =
        end == code.size() || !IsIdentifierChar(token.back()) || !IsIdentifierChar(code[end]);
    if (begins && ends) return at;
  }
  return code.npos;
}

bool Covers(std::string_view except, std::string_view path) {
  return path == except || LiesIn(path, except);
}

}  // namespace

Complaints CheckBans(const SourceFile& file) {
  Complaints complaints;
  const std::string code = CodeOf(file.text);
  for (const Ban& ban : kBans) {
    if ((FolderOf(file.path) & ban.where) == 0 ||
        (!ban.except.empty() && Covers(ban.except, file.path))) {
      continue;
    }
    for (size_t at = FindToken(code, ban.token, 0); at != code.npos;
         at = FindToken(code, ban.token, at + 1)) {
      Complain(&complaints, file, LineAt(code, at),
               fmt::format("instead of `{}` use {}", ban.token, ban.instead));
    }
  }
  return complaints;
}

Complaints CheckMain(const SourceFile& file) {
  Complaints complaints;
  if ((FolderOf(file.path) & (kTools | kBench | kTests)) != 0) return complaints;
  const std::string code = CodeOf(file.text);
  const size_t at = FindToken(code, "main(", 0);
  if (at != code.npos) {
    Complain(&complaints, file, LineAt(code, at), "main() lives in tools/, bench/ or tests/");
  }
  return complaints;
}

Complaints CheckHeaderOpening(const SourceFile& file) {
  Complaints complaints;
  if (!file.path.ends_with(".h")) return complaints;
  if (!file.text.starts_with("//")) {
    Complain(&complaints, file, 1, "a header opens with a comment that says what it is for");
  }
  if (std::ranges::count(LinesOf(file.text), "#pragma once") != 1) {
    Complain(&complaints, file, 1, "a header has one #pragma once");
  }
  return complaints;
}

Complaints CheckLeftovers(const SourceFile& file) {
  Complaints complaints;
  if (!IsProduct(file.path)) return complaints;
  for (const std::string_view mark : {"TODO", "FIXME", "XXX"}) {
    const size_t at = FindToken(file.text, mark, 0);
    if (at == file.text.npos) continue;
    Complain(&complaints, file, LineAt(file.text, at),
             fmt::format("do it, or say in a sentence why not: no {}", mark));
  }
  return complaints;
}

Complaints CheckTitle(const SourceFile& file) {
  Complaints complaints;
  bool in_code = false;
  size_t titles = 0;
  for (const std::string_view line : LinesOf(file.text)) {
    if (line.starts_with("```")) in_code = !in_code;
    if (!in_code && line.starts_with("# ")) ++titles;
  }
  if (titles != 1) {
    Complain(&complaints, file, 1, fmt::format("a page has one `# ` title, not {}", titles));
  }
  return complaints;
}

}  // namespace signet::tidy
