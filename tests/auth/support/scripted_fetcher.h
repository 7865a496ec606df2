// ScriptedFetcher: an HTTPS server that says what the test makes it say, when the test says so.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/http_fetcher.h"

namespace signet::auth {

class ScriptedFetcher : public HttpFetcher {
 public:
  ~ScriptedFetcher() override;  // What is open ends with a failure.

  void Fetch(HttpRequest request, Done done) override;

  // All that came, in order.
  const std::vector<HttpRequest>& requests() const { return requests_; }
  const HttpRequest& last() const { return requests_.back(); }
  size_t open() const { return open_.size(); }
  // Of the last request; empty if it has none of that name.
  std::string Header(std::string_view name) const;

  // Each answers the oldest request that is open.
  void Answer(HttpResponse response);
  void Answer(uint16_t status, std::string_view body,
              std::string_view content_type = "application/json");
  void Fail(std::string_view sentence, bool was_asked = true);

 private:
  Done TakeOldest();

  std::vector<HttpRequest> requests_;
  std::deque<Done> open_;
};

}  // namespace signet::auth
