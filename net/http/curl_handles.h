// libcurl's handles, closed by scope.
#pragma once

#include <memory>

#include "curl/curl.h"

namespace signet {

struct CurlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlCloser>;
using CurlText = std::unique_ptr<char, CurlCloser>;

// CURL and CURLM are both void, so that these need a name of their own each.
struct CurlEasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, CurlEasyCloser>;

struct CurlMultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using CurlMulti = std::unique_ptr<CURLM, CurlMultiCloser>;

}  // namespace signet
