// Why there is no answer, in a sentence for the operator. It quotes libcurl and the TLS library
// where their words say more than ours, escaped and cut; they know nothing of what was sent.
#pragma once

#include <string>
#include <string_view>

#include "core/base/time.h"
#include "curl/curl.h"

namespace signet {

// How long something may take, as in `5 s` or `250 ms`.
std::string InWords(Duration time);

// For a transfer that libcurl has ended with `code`, not CURLE_OK. `words` are what it put into its
// CURLOPT_ERRORBUFFER.
std::string DescribeCurlFailure(CURL* easy, CURLcode code, std::string_view words,
                                Duration connect_timeout);

// For one that is not done after `timeout`. `easy` is null if libcurl has not got it yet;
// `resolving`: it has begun to look for the name, at least.
std::string DescribeTimeout(CURL* easy, bool resolving, Duration timeout);

}  // namespace signet
