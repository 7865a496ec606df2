// A worker by hand, and files of users whose hashes are quick.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "auth/password/password_method.h"

namespace signet::auth {

// What it takes waits until the test says that it is done.
class HandWorker : public Worker {
 public:
  bool TryTake(std::unique_ptr<Job>& job) override {
    if (is_full) return false;
    jobs.push_back(std::move(job));
    return true;
  }
  void Do(Outcome outcome = Outcome::kDone) {
    ASSERT_FALSE(jobs.empty());
    const std::unique_ptr<Job> job = std::move(jobs.front());
    jobs.pop_front();
    if (outcome == Outcome::kDone) job->Run();
    job->Finish(outcome);
  }
  void DoAll() {
    while (!jobs.empty()) Do();
  }

  bool is_full = false;
  std::deque<std::unique_ptr<Job>> jobs;
};

// Challenges that count up.
inline PasswordMethod::Chance Counting() {
  return {.fill =
              [next = uint8_t{0}](MutableBytes bytes) mutable {
                for (uint8_t& byte : bytes) byte = ++next;
              },
          .decoy_key = {1, 2, 3}};
}

inline std::string ScramLine(std::string_view name, std::string_view password,
                             uint32_t iterations = 2) {
  const PasswordHash hash = MakeScram(AsBytes(password), {1, 2, 3}, iterations);
  return fmt::format("{}:{}\n", name, ToText(hash).text());
}

inline std::string UserLine(std::string_view name, std::string_view password,
                            uint32_t iterations = 2) {
  const PasswordHash hash = MakePbkdf2(AsBytes(password), {1, 2, 3}, iterations);
  return fmt::format("{}:{}\n", name, ToText(hash).text());
}

inline Credentials Login(std::string_view username, std::string_view password,
                         std::string_view peer = "192.0.2.1:7") {
  Credentials credentials{.client_id = "c", .peer = std::string(peer)};
  credentials.username = std::string(username);
  credentials.password = SecretBytes(password);
  return credentials;
}

}  // namespace signet::auth
