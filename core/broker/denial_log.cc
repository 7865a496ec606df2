#include "core/broker/denial_log.h"

#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "fmt/format.h"

namespace signet {
namespace {

// As manifests name it.
std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kConnect:
      return "Connect";
    case Action::kPublish:
      return "Publish";
    case Action::kSubscribe:
      return "Subscribe";
  }
  UNREACHABLE();
}

}  // namespace

void DenialLog::Write(const Denial& denial, const Authorizer& authorizer) {
  const Line line = LineOf(denial);
  if (!MayWrite(line)) return;
  Remember(line);
  const std::string why = authorizer.Reason(denial.principal, denial.client_id, denial.action,
                                            denial.topic, denial.manner);
  const uint64_t left_out = rate_.TakeSuppressed() + std::exchange(beyond_share_, 0);
  context_.log.Write(LogLevel::kWarning, "not allowed",
                     {{"client_id", denial.client_id},
                      {"username", denial.principal.username},
                      {"identity", denial.principal.identity},
                      {"action", NameOf(denial.action)},
                      {"topic", denial.topic},
                      {"why", why},
                      {"not_logged_before", fmt::format("{}", left_out)}});
}

// Who comes back under the same name as somebody else is another client.
DenialLog::Line DenialLog::LineOf(const Denial& denial) const {
  const Principal& principal = denial.principal;
  Line line{.client = context_.hash_seed ^ denial.port.value(), .denial = 0};
  for (const std::string_view part : {denial.client_id, std::string_view(principal.username),
                                      std::string_view(principal.identity)}) {
    line.client = StableHash(part, line.client);
  }
  line.denial = StableHash(denial.topic, line.client ^ static_cast<uint8_t>(denial.action));
  return line;
}

bool DenialLog::MayWrite(const Line& line) {
  if (written_.contains(line.denial)) return false;
  const auto share = of_client_.find(line.client);
  if (share != of_client_.end() && share->second >= kMostOfClient) {
    ++beyond_share_;
    return false;
  }
  return rate_.Allow(context_.now);
}

void DenialLog::Remember(const Line& line) {
  const uint64_t most = context_.limits.logged_denials;
  while (!order_.empty() && order_.size() >= most) ForgetOldest();
  if (most == 0) return;
  written_.insert(line.denial);
  ++of_client_[line.client];
  order_.Push(line);
}

void DenialLog::ForgetOldest() {
  const Line line = order_.Pop();
  written_.erase(line.denial);
  const auto share = of_client_.find(line.client);
  if (--share->second == 0) of_client_.erase(share);
}

void DenialLog::Forget() {
  written_.clear();
  of_client_.clear();
  while (!order_.empty()) order_.DropFront();
}

}  // namespace signet
