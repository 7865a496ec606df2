// The claim `acl` of a token. It is refused in printable words, or what it says holds together: who
// may subscribe to a filter may subscribe to whatever that contains, and who may not be told of
// a `$`-topic by name is not told by a wildcard. Input: the claim, in JSON.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/json/json_document.h"
#include "auth/policy/acl_claim.h"
#include "auth/policy/filter_containment.h"
#include "core/base/check.h"
#include "simdjson.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::acl_claim_fuzz {
namespace {

using Answer = Rights::Answer;

constexpr std::string_view kFilters[] = {"#",     "+",   "a",     "a/#",      "a/+",    "a/b",
                                         "a/b/c", "+/b", "a/joe", "a/pump-7", "$SYS/#", "$SYS/a"};

// A literal topic is none of the filters that another one contains.
bool HasLiteral(std::string_view text) {
  return text.find("eq ") != std::string_view::npos || text.find('\\') != std::string_view::npos;
}

void Check(const auth::AclClaim& claim, std::string_view text) {
  Principal principal;
  principal.username = "joe";
  principal.attributes = {{"line", "b"}, {"wild", "#"}};
  const auto ask = [&](Action action, std::string_view topic) {
    return claim.Decide(principal, "pump-7", action, topic, {});
  };
  CHECK(ask(Action::kConnect, {}) == Answer::kSilent);
  CHECK(ask(Action::kPublish, "a/+") == Answer::kDenied);
  for (const std::string_view filter : kFilters) {
    if (ask(Action::kSubscribe, filter) != Answer::kAllowed || HasLiteral(text)) continue;
    CHECK(!filter.starts_with('$') || text.find('$') != std::string_view::npos);
    for (const std::string_view other : kFilters) {
      if (auth::Contains(filter, other)) CHECK(ask(Action::kSubscribe, other) == Answer::kAllowed);
    }
  }
}

}  // namespace

FUZZ_TARGET(acl_claim) {
  const std::string_view text = AsText({data, size});
  const std::string whole = "{\"acl\":" + std::string(text) + "}";
  const auto document = auth::JsonDocument::Read(whole, 1 << 20);
  if (!document.ok()) return 0;
  simdjson::dom::element element;
  if (document->root().members().at_key("acl").get(element) != simdjson::SUCCESS) return 0;
  const auto claim = auth::AclClaim::Read(element, "plant");
  if (!claim.ok()) {
    const std::string& what = claim.error().what;
    CHECK(!what.empty() && IsPrintableLine(what));
    return 0;
  }
  Check(**claim, text);
  return 0;
}

}  // namespace signet::fuzz::acl_claim_fuzz
