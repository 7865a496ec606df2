// What an answer of a custom server is worth (azure-iot-operations, 5.2 and 5.3). Only a 200 that
// is whole and clear lets somebody in; 401 and 403 refuse whatever else they hold; all the rest is
// no verdict.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "auth/method.h"
#include "core/access/credentials.h"
#include "core/access/http_fetcher.h"
#include "core/access/principal.h"
#include "core/base/wall_time.h"
#include "core/config/authentication.h"

namespace signet::auth {

inline constexpr std::string_view kCustomApiVersion = "0.5.0";
inline constexpr size_t kMaxCustomAnswerBytes = 1024 * 1024;
// Each connection keeps its attributes. An answer with more is not usable: leaving some out might
// widen what a rule allows.
inline constexpr size_t kMaxCustomAttributes = 128;
inline constexpr size_t kMaxCustomAttributeBytes = 16 * 1024;  // Names and values together.

// 200.
struct CustomPass {
  WallTime expiry = WallTime::Never();
  Attributes attributes;  // Those that it has from now on, and no others.
};
// 422, and the server says that it speaks our version: it may have been replaced meanwhile.
struct CustomAskAgain {};
using CustomAnswer = std::variant<CustomPass, Denied, Unavailable, NotRelevant, CustomAskAgain>;

// `asked` is what the request was about, `settings` how it was asked: of the secrets of both
// nothing gets into a sentence, even if the server repeats them. Where the settings allow it, 404
// with
// {"relevant": false} says that they are not the server's to judge.
CustomAnswer ReadCustomAnswer(const HttpResponse& response, const Credentials& asked,
                              const config::CustomSettings& settings);

}  // namespace signet::auth
