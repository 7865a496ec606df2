// Answers of an API server, as text to be changed.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace signet::auth {

inline constexpr std::string_view kGoodStatus =
    R"({"authenticated":true,"audiences":["plant"],)"
    R"("user":{"username":"system:serviceaccount:line1:press","uid":"uid-1"}})";

inline constexpr std::string_view kGoodAccount =
    R"({"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"press",)"
    R"("namespace":"line1","uid":"uid-1","annotations":{"aio-broker-auth/role":"sensor",)"
    R"("aio-broker-auth/line":"L1","kubectl.kubernetes.io/last":"{}"}}})";

inline constexpr std::string_view kNoAccount =
    R"({"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound",)"
    R"("details":{"name":"press","kind":"serviceaccounts"},"code":404})";

inline std::string TokenReviewAnswer(std::string_view status) {
  return R"({"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1",)"
         R"("spec":{"token":"t","audiences":["plant"]},"status":)" +
         std::string(status) + "}";
}

// With the first `from` replaced; there has to be one.
inline std::string Changed(std::string_view text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return std::string(text).replace(at, from.size(), to);
}

}  // namespace signet::auth
