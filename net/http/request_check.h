// What of a request must be right before anything is done for it. Pure.
#pragma once

#include <string>

#include "core/access/http_fetcher.h"
#include "core/base/expected.h"
#include "net/http/curl_handles.h"

namespace signet {

struct HttpTarget {
  CurlUrl url;       // https, with a host, and without a user.
  std::string host;  // For sentences: with the port if the URL names one, escaped and cut.
};

// The failure names the header that is wrong, and never its value.
Expected<HttpTarget, HttpFailure> CheckRequest(const HttpRequest& request);

}  // namespace signet
