#include "tests/auth/support/scripted_fetcher.h"

#include <utility>

#include "core/base/check.h"

namespace signet::auth {

ScriptedFetcher::~ScriptedFetcher() {
  while (!open_.empty()) Fail("the fetcher is gone");
}

void ScriptedFetcher::Fetch(HttpRequest request, Done done) {
  requests_.push_back(std::move(request));
  open_.push_back(std::move(done));
}

std::string ScriptedFetcher::Header(std::string_view name) const {
  for (const auto& [known, value] : last().headers) {
    if (known == name) return std::string(value.text());
  }
  return "";
}

HttpFetcher::Done ScriptedFetcher::TakeOldest() {
  CHECK(!open_.empty());
  Done done = std::move(open_.front());
  open_.pop_front();
  return done;
}

void ScriptedFetcher::Answer(HttpResponse response) {
  Done done = TakeOldest();
  std::move(done)(std::move(response));
}

void ScriptedFetcher::Answer(uint16_t status, std::string_view body,
                             std::string_view content_type) {
  Answer({.status = status,
          .content_type = std::string(content_type),
          .fresh_s = {},
          .etag = "",
          .retry_after_s = {},
          .body = SecretBytes(body)});
}

void ScriptedFetcher::Fail(std::string_view sentence, bool was_asked) {
  Done done = TakeOldest();
  std::move(done)(HttpFailure{.sentence = std::string(sentence), .was_asked = was_asked});
}

}  // namespace signet::auth
